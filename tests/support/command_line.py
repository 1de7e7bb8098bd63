"""The real program, run as a process of its own in a clean environment."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

PROGRAM = [sys.executable, "-m", "openrange"]
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


def files(below: str = ".") -> list[str]:
    """Everything below a directory."""
    return sorted(str(path.relative_to(below)) for path in Path(below).rglob("*"))
