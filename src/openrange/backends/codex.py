"""A backend that drives the Codex command-line program."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import tempfile
from dataclasses import dataclass, field, replace
from os import PathLike
from pathlib import Path
from typing import BinaryIO, Self

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.deadline import timed_out
from openrange.llm.environment import without_foreign_keys
from openrange.llm.failure import is_about_the_schema
from openrange.llm.run import Ask, Reply, run
from openrange.llm.settings import BackendSettings

NAME = "codex"
MAX_OUTPUT_BYTES = 4_000_000


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
        config_overrides: Settings of the program, each as `key=value`.
        max_reasks: How often a reply that does not conform is asked for again.
    """

    command: str = "codex"
    model: str | None = None
    cwd: str | PathLike[str] | None = None
    timeout: float = 120.0
    sandbox: str = "read-only"
    config_overrides: tuple[str, ...] = ()
    max_reasks: int = field(default=1, kw_only=True)

    def __post_init__(self) -> None:
        object.__setattr__(self, "config_overrides", tuple(self.config_overrides))

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
        if not self.timeout > 0:
            return f"timeout must be a positive number of seconds, not {self.timeout:g}"
        return None

    def _send(self, ask: Ask) -> Reply:
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured", returncode=127)
        with tempfile.TemporaryDirectory(prefix="openrange-codex-") as private:
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
                return Reply(output)
            return Reply(_read_message(last_message))

    def _arguments(self) -> list[str]:
        arguments = [self.command, "exec", "--color", "never", "--ephemeral"]
        arguments += ["--sandbox", self.sandbox, "--skip-git-repo-check"]
        if self.model is not None:
            arguments += ["--model", self.model]
        for override in self.config_overrides:
            arguments += ["-c", override]
        return arguments

    def _run(self, arguments: list[str], prompt: str, cwd: Path, ask: Ask) -> str:
        """Standard output of the program, after a clean exit."""
        with (
            tempfile.TemporaryFile() as stdin,
            tempfile.TemporaryFile() as stdout,
            tempfile.TemporaryFile() as stderr,
        ):
            stdin.write(prompt.encode("utf-8", "replace"))
            stdin.seek(0)
            returncode = self._wait(arguments, cwd, stdin, stdout, stderr)
            output = _read(stdout)
            if returncode == 0:
                return output
            said = _read(stderr).strip() or output.strip() or "no output"
        unsupported = ask.schema is not None and is_about_the_schema(said)
        raise LLMBackendError(
            # The cause stands at the end, below the program's banner.
            f"exited with status {returncode}: {said[-400:]}",
            kind="unsupported" if unsupported else "process",
            returncode=returncode,
        )

    def _wait(
        self, arguments: list[str], cwd: Path, stdin: BinaryIO, stdout: BinaryIO, stderr: BinaryIO
    ) -> int:
        """The exit status, within the deadline. Files, not pipes: nothing can block on them."""
        problem: str
        try:
            process = subprocess.Popen(  # noqa: S603 - no shell; the user chose the program
                arguments,
                cwd=cwd,
                env=without_foreign_keys(os.environ, kept_in=self.config_overrides),
                stdin=stdin,
                stdout=stdout,
                stderr=stderr,
                start_new_session=True,
            )
        except (OSError, ValueError) as error:
            problem = str(error)
        else:
            try:
                return process.wait(self.timeout)
            except subprocess.TimeoutExpired:
                pass
            finally:
                if process.poll() is None:
                    _end(process)
            failure = timed_out(self.timeout)
            failure.returncode = process.returncode
            raise failure
        raise LLMBackendError(
            f"{self.command!r} cannot be started: {problem}", kind="process", returncode=126
        )


def is_signed_in() -> bool:
    """Whether the Codex program is on the PATH and has stored an account, judged by its files."""
    home = Path(os.environ.get("CODEX_HOME") or Path.home() / ".codex")
    return shutil.which("codex") is not None and (home / "auth.json").is_file()


def _end(process: subprocess.Popen[bytes]) -> None:
    """End the program with all that it started, first politely."""
    for number in (signal.SIGTERM, signal.SIGKILL):
        try:
            os.killpg(process.pid, number)
        except ProcessLookupError:
            break
        try:
            process.wait(0.5)
        except subprocess.TimeoutExpired:
            continue
    process.wait()


def _read(stream: BinaryIO) -> str:
    stream.seek(0)
    return stream.read(MAX_OUTPUT_BYTES).decode("utf-8", "replace")


def _read_message(file: Path) -> str:
    try:
        with file.open("rb") as stream:
            return stream.read(MAX_OUTPUT_BYTES).decode("utf-8", "replace")
    except OSError:
        pass
    raise LLMBackendError(
        "it ended without writing its last message to the output file", kind="process", returncode=0
    )
