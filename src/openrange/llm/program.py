"""A local program that answers: a prompt in, its output back, and nothing left of it afterwards."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from openrange.errors import LLMBackendError
from openrange.llm.deadline import timed_out
from openrange.llm.processes import end_group
from openrange.llm.recording import announce
from openrange.llm.refusals import is_about_the_schema

MAX_OUTPUT_BYTES = 16_000_000

_BETWEEN_LOOKS = 0.25  # seconds from one look at how much was written to the next
_GRACE = 0.5  # seconds to end in after a polite request
_MAX_ASKING = 20.0  # seconds that a question to the program itself may take
# How parsers of command lines say it: clap, commander, argparse, getopt and click.
_REFUSED = re.compile(
    r"(?:unexpected argument|unknown option|unrecognized (?:option|arguments?)|no such option|"
    r"invalid option)\W{1,4}?(--?[a-z][\w-]*)",
    re.IGNORECASE,
)

# Options that a program turned out not to know, for the rest of the process.
_UNKNOWN: dict[str, frozenset[str]] = {}
_LOCK = threading.Lock()


@dataclass(frozen=True, slots=True)
class Ran:
    """A program that ended.

    Args:
        returncode: Its exit status.
        stdout: What it wrote to standard output.
        stderr: The end of what it wrote to standard error.
    """

    returncode: int
    stdout: str
    stderr: str


def exit_failure(returncode: int, said: str, *, with_schema: bool) -> LLMBackendError:
    """The error for a program that ended without a reply.

    Args:
        returncode: Its exit status.
        said: Why, and what to do.
        with_schema: Whether it was given a schema, which may be what it refuses.

    Returns:
        An error of kind `process`, or `unsupported` where it may succeed in another form.
    """
    return LLMBackendError(
        f"exited with status {returncode}: {said}",
        kind="unsupported" if with_schema and is_about_the_schema(said) else "process",
        returncode=returncode,
    )


def run_program(
    command: str,
    options: Sequence[tuple[str, ...]],
    prompt: str,
    *,
    cwd: Path,
    environment: Mapping[str, str],
    timeout: float,
    optional: Collection[str] = (),
    last_error: Callable[[str], str] = lambda log: "",
) -> Ran:
    """Run a program with a prompt on its standard input. Whatever it starts ends with it.

    Args:
        command: The program, by name or path.
        options: Its arguments, those that belong together as one.
        prompt: What it reads.
        cwd: Where it works.
        environment: Its variables.
        timeout: Seconds of wall-clock time.
        optional: Options that older or newer releases may not know, and that it can do without:
            one that the program refuses is left out, once and for the rest of the process.
        last_error: Finds in standard error what it said last, for the error of a deadline.

    Returns:
        How it ended.

    Raises:
        LLMBackendError: Of kind `timeout`; or of kind `process`, when it cannot be started or
            writes more than 16 MB.
    """
    while True:
        without = _UNKNOWN.get(command, frozenset())
        words = [word for option in options if option[0] not in without for word in option]
        ran = _ran([_absolute(command), *words], prompt, cwd, environment, timeout, last_error)
        refused = _REFUSED.search(ran.stderr) if ran.returncode else None
        if refused is None or refused[1] not in optional or refused[1] in without:
            return ran
        with _LOCK:
            _UNKNOWN[command] = _UNKNOWN.get(command, frozenset()) | {refused[1]}
        announce("llm_fallback", {"backend": command, "from": refused[1], "to": "fewer options"})


def asked(command: str, arguments: Sequence[str], environment: Mapping[str, str]) -> Ran | None:
    """What a program says of itself, such as whether it is signed in.

    Args:
        command: The program, by name or path.
        arguments: What to ask, such as `login status`.
        environment: Its variables.

    Returns:
        How it ended; None where it did not, or cannot be run.
    """
    with suppress(LLMBackendError), tempfile.TemporaryDirectory(prefix="openrange-") as nowhere:
        words = [_absolute(command), *arguments]
        return _ran(words, "", Path(nowhere), environment, _MAX_ASKING, lambda log: "")
    return None


def read_file(file: Path) -> str | None:
    """What a program wrote to a file.

    Args:
        file: The file.

    Returns:
        Its text; None if there is no such file.

    Raises:
        LLMBackendError: It is larger than 16 MB.
    """
    with suppress(OSError), file.open("rb") as stream:
        return _read(stream)
    return None


def _absolute(command: str) -> str:
    # A relative path would be looked up in the program's own directory.
    return str(Path(shutil.which(command) or command).absolute())


def _ran(
    arguments: list[str],
    prompt: str,
    cwd: Path,
    environment: Mapping[str, str],
    timeout: float,
    last_error: Callable[[str], str],
) -> Ran:
    """One run. Files, not pipes: nothing can block on them."""
    problem: str
    deadline = time.monotonic() + timeout
    with (
        tempfile.TemporaryFile() as stdin,
        tempfile.TemporaryFile() as stdout,
        tempfile.TemporaryFile() as stderr,
    ):
        stdin.write(prompt.encode("utf-8", "replace"))
        stdin.seek(0)
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the user chose the program
                arguments,
                cwd=cwd,
                env=environment,
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            problem = str(error)
        else:
            try:
                while (left := deadline - time.monotonic()) > 0:
                    with suppress(subprocess.TimeoutExpired):
                        status = process.wait(min(left, _BETWEEN_LOOKS))
                        return Ran(status, _read(stdout), _tail(stderr))
                    _check_size(stdout)
                    _check_size(stderr)
            finally:
                end_group(process, _GRACE)
            words = last_error(_tail(stderr))
            raise LLMBackendError(
                f"{timed_out(timeout)}{words and f'; its last error: {words}'}",
                kind="timeout",
                retryable=True,
                returncode=process.returncode,
            )
    raise LLMBackendError(
        f"{arguments[0]!r} cannot be started: {problem}", kind="process", returncode=126
    )


def _check_size(stream: BinaryIO) -> None:
    if os.fstat(stream.fileno()).st_size > MAX_OUTPUT_BYTES:
        raise LLMBackendError(
            f"it wrote more than {MAX_OUTPUT_BYTES:,} bytes, which no reply needs", kind="process"
        )


def _read(stream: BinaryIO) -> str:
    _check_size(stream)
    stream.seek(0)
    return stream.read(MAX_OUTPUT_BYTES).decode("utf-8", "replace")


def _tail(stream: BinaryIO) -> str:
    stream.seek(max(0, stream.seek(0, os.SEEK_END) - MAX_OUTPUT_BYTES))
    return stream.read(MAX_OUTPUT_BYTES).decode("utf-8", "replace")
