"""A backend that drives the Codex command-line program."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Self

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.deadline import timed_out
from openrange.llm.environment import own_keys, without_foreign_keys
from openrange.llm.failure import is_about_the_schema
from openrange.llm.forms import Ask
from openrange.llm.processes import end_group
from openrange.llm.reply import Reply
from openrange.llm.run import run
from openrange.llm.settings import BackendSettings

NAME = "codex"
MAX_OUTPUT_BYTES = 16_000_000
MAX_CAUSE = 400

_BETWEEN_LOOKS = 0.25  # seconds from one look at how much was written to the next
_GRACE = 0.5  # seconds to end in after a polite request


@dataclass(frozen=True, slots=True)
class CodexBackend(BackendSettings):
    """Asks the `codex` program, with whatever account it is signed in to.

    Args:
        command: The program, by name or path.
        model: The model to use; None leaves it to the program.
        cwd: Where the program works; None is an empty temporary directory for each call.
        timeout: Seconds of wall-clock time for one attempt, after which the program and all that
            it started are ended.
        sandbox: The program's policy for commands that the model runs.
        config_overrides: Settings of the program, each as `key=value`. A variable that one of them
            names is passed on to the program; other providers' keys are not.
        max_reasks: How often a reply that does not conform is asked for again.
    """

    command: str = "codex"
    model: str | None = None
    cwd: str | PathLike[str] | None = None
    timeout: float = 120.0
    sandbox: str = "read-only"
    # No repr: it may hold a provider's key.
    config_overrides: tuple[str, ...] = field(default=(), repr=False)
    max_reasks: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        given = self.config_overrides
        # A text is a sequence as well, of characters that nobody means as settings.
        object.__setattr__(
            self, "config_overrides", (given,) if isinstance(given, str) else tuple(given)
        )

    def complete(self, request: LLMRequest) -> LLMResult:
        """Answer one request.

        Args:
            request: What to ask.

        Returns:
            The program's last message; for a request with a schema, an object that conforms to it
            as well.

        Raises:
            LLMBackendError: For every failure, with the program's exit status as `returncode`.
        """
        return run(
            request,
            self._send,
            backend=NAME,
            model=self.model,
            forms=("native", "prompt"),
            timeout=self.timeout,
            max_reasks=self.max_reasks,
            secrets=own_keys(os.environ, kept_in=self.config_overrides),
            memory_key=(NAME, self.command, self.model, self.config_overrides),
        )

    def preflight(self) -> None:
        """Check what can be checked without running the program.

        Raises:
            LLMBackendError: Of kind `not-configured`: the program is missing, the directory is
                missing, or the timeout is not positive.
        """
        if problem := self._problem():
            raise LLMBackendError(f"{NAME}: {problem}", kind="not-configured", returncode=127)

    def in_workspace(self, directory: str | PathLike[str]) -> Self:
        """The same backend, working in `directory`.

        Args:
            directory: An existing directory.

        Returns:
            A new backend; this one is left as it is.
        """
        return replace(self, cwd=directory)

    def _problem(self) -> str | None:
        if shutil.which(self.command) is None:
            return f"{self.command!r} was not found; install it, or set command to its path"
        if self.cwd is not None and not Path(self.cwd).is_dir():
            return f"the directory {str(self.cwd)!r} does not exist"
        if not 0 < self.timeout < float("inf"):
            return f"timeout must be a positive number of seconds, not {self.timeout:g}"
        return None

    def _send(self, ask: Ask) -> Reply:
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured", returncode=127)
        with tempfile.TemporaryDirectory(
            prefix="openrange-codex-", ignore_cleanup_errors=True
        ) as private:
            folder = Path(private)
            arguments = self._arguments()
            last_message = folder / "last-message.txt"
            if ask.schema is not None:
                schema = folder / "schema.json"
                schema.write_text(json.dumps(ask.schema), encoding="utf-8")
                arguments += ["--output-schema", str(schema)]
                arguments += ["--output-last-message", str(last_message)]
            work = folder / "work"
            work.mkdir()
            cwd = Path(self.cwd) if self.cwd is not None else work
            output = self._run([*arguments, "-"], ask.as_prompt(), cwd, ask)
            if ask.schema is None:
                return Reply(output.removesuffix("\n"))  # the program's, not the model's
            return Reply(_read_message(last_message))

    def _arguments(self) -> list[str]:
        # Absolute, because a relative path would be looked up in the program's own directory.
        program = Path(shutil.which(self.command) or self.command).absolute()
        arguments = [str(program), "exec", "--color", "never", "--ephemeral"]
        arguments += ["--sandbox", self.sandbox, "--skip-git-repo-check"]
        if self.model is not None:
            arguments += ["--model", self.model]
        for override in self.config_overrides:
            arguments += ["-c", override]
        return arguments

    def _run(self, arguments: list[str], prompt: str, cwd: Path, ask: Ask) -> str:
        """Standard output of the program, after a clean exit."""
        with tempfile.TemporaryFile() as stdout, tempfile.TemporaryFile() as stderr:
            returncode = self._wait(arguments, prompt, cwd, stdout, stderr)
            if returncode == 0:
                return _read(stdout)
            said = _cause(_tail(stderr), prompt) or _cause(_tail(stdout), prompt) or "no output"
        unsupported = ask.schema is not None and is_about_the_schema(said)
        raise LLMBackendError(
            f"exited with status {returncode}: {said}{self._next_step(said)}",
            kind="unsupported" if unsupported else "process",
            returncode=returncode,
        )

    def _wait(
        self, arguments: list[str], prompt: str, cwd: Path, stdout: BinaryIO, stderr: BinaryIO
    ) -> int:
        """The exit status, within the deadline. Files, not pipes: nothing can block on them."""
        problem: str
        deadline = time.monotonic() + self.timeout
        try:
            with tempfile.TemporaryFile() as stdin:
                stdin.write(prompt.encode("utf-8", "replace"))
                stdin.seek(0)
                process = subprocess.Popen(  # noqa: S603 - no shell; the user chose the program
                    arguments,
                    cwd=cwd,
                    env=self._environment(),
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
                        return process.wait(min(left, _BETWEEN_LOOKS))
                    _check_size(stdout)
                    _check_size(stderr)
            finally:
                end_group(process, _GRACE)
            words = _last_error(_tail(stderr), prompt)
            raise LLMBackendError(
                f"{timed_out(self.timeout)}{words and f'; its last error: {words}'}",
                kind="timeout",
                retryable=True,
                returncode=process.returncode,
            )
        raise LLMBackendError(
            f"{self.command!r} cannot be started: {problem}", kind="process", returncode=126
        )

    def _environment(self) -> dict[str, str]:
        return without_foreign_keys(os.environ, kept_in=self.config_overrides)

    def _next_step(self, said: str) -> str:
        for name in sorted(os.environ.keys() - self._environment().keys()):
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said):
                return f"; {name} was kept from it: name it in config_overrides to pass it on"
        if "401 Unauthorized" in said:
            return "; sign in with `codex login`, or check the provider's key"
        return ""


def is_signed_in() -> bool:
    """Whether the Codex program is on the PATH and has stored an account, judged by its files."""
    home = Path(os.environ.get("CODEX_HOME") or Path("~/.codex").expanduser())
    return shutil.which("codex") is not None and (home / "auth.json").is_file()


def _cause(log: str, prompt: str) -> str:
    """Why the program failed: its last error, or else the end of what it wrote."""
    return _last_error(log, prompt) or _without(prompt, log).strip()[-MAX_CAUSE:]


def _last_error(log: str, prompt: str) -> str:
    """What follows the last `ERROR:`, in a log that has a banner and repeats the prompt."""
    _, marker, words = _without(prompt, log).rpartition("\nERROR: ")
    return words.strip()[:MAX_CAUSE] if marker else ""


def _without(prompt: str, log: str) -> str:
    # As whole lines: a prompt of one word may stand in the error as well.
    return f"\n{log}\n".replace(f"\n{prompt.strip()}\n", "\n")


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


def _read_message(file: Path) -> str:
    with suppress(OSError), file.open("rb") as stream:
        return _read(stream)
    raise LLMBackendError(
        "it ended without writing its last message to the output file", kind="process", returncode=0
    )
