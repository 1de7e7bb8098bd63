"""The real program, run as a process of its own in a clean environment."""

from __future__ import annotations

import json
import os
import pty
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "openrange"]
_TAKE_SIGNALS = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
    signal.signal(number, signal.SIG_DFL)
os.execv(sys.argv[1], sys.argv[1:])
"""
SIGNALLED = [sys.executable, "-I", "-S", "-c", _TAKE_SIGNALS]
"""What stands before a command that is sent signals: a shell's background job, or `nohup`, has some
ignored, and its children inherit that."""
_PASSED_ON = ("HOME", "PATH", "PYTHONPATH", "TMPDIR", "XDG_CONFIG_HOME")


@dataclass(frozen=True)
class Ended:
    """A process that ended.

    Args:
        status: Its exit status.
        out: Its standard output.
        err: Its standard error.
    """

    status: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON object on standard output."""
        assert self.out.count("\n") == 1, self
        return json.loads(self.out)

    @property
    def complaint(self) -> str:
        """The one line of standard error that says what went wrong, without its beginning."""
        assert "Traceback" not in self.err
        begin = "openrange: error: "
        (line,) = [line for line in self.err.splitlines() if line.startswith("openrange: ")]
        assert line.startswith(begin)
        assert line == self.err.splitlines()[-1]
        return line.removeprefix(begin)


def environment(**variables: str) -> dict[str, str]:
    """What a process of ours gets to see: the test's own home, and no setting but those given."""
    kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
    return {**kept, "LANG": "C.UTF-8", **variables}


def openrange(*arguments: str | Path, **variables: str) -> Ended:
    """Run the program in the working directory.

    Args:
        arguments: The command line.
        variables: The environment's variables, beside those that every process has.

    Returns:
        How it ended.
    """
    done = subprocess.run(
        [*PROGRAM, *map(str, arguments)],
        env=environment(**variables),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def on_a_terminal(*arguments: str, **variables: str) -> tuple[int, str, str]:
    """Run the program with a terminal as its standard error.

    Args:
        arguments: The command line.
        variables: The environment's variables, beside those that every process has.

    Returns:
        Its exit status, its standard output, and what the terminal got.
    """
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        env=environment(**{"TERM": "xterm", "COLUMNS": "100", **variables}),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    shown = b""
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:
        pass  # what Linux says when the other end is gone
    finally:
        os.close(ours)
    out, _ = process.communicate(timeout=60)
    return process.returncode, out, shown.decode()


def files(below: str = ".") -> list[str]:
    """Everything below a directory."""
    return sorted(str(path.relative_to(below)) for path in Path(below).rglob("*"))
