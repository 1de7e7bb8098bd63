"""A backend that drives the Codex command-line program."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from dataclasses import dataclass, field
from os import PathLike
from pathlib import Path
from typing import ClassVar

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.environment import own_keys, without_foreign_keys
from openrange.llm.forms import Ask
from openrange.llm.program import (
    asked,
    exit_failure,
    read_file,
    run_program,
)
from openrange.llm.program_settings import ProgramSettings
from openrange.llm.reply import Reply
from openrange.llm.run import run

NAME = "codex"
MAX_CAUSE = 400

_OWN = ("CODEX_", "OPENAI_")  # variables that are the program's own
_KEY_VARIABLE = "CODEX_API_KEY"
_OPTIONAL = frozenset({"--color", "--ephemeral", "--skip-git-repo-check"})


@dataclass(frozen=True, slots=True)
class CodexBackend(ProgramSettings):
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

    NAME: ClassVar[str] = NAME
    SIGN_IN: ClassVar[str] = f"sign in with `codex login`, or set {_KEY_VARIABLE}"

    command: str = "codex"
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
            secrets=own_keys(os.environ, _OWN, self.config_overrides),
            memory_key=(NAME, self.command, self.model, self.config_overrides),
        )

    def is_signed_out(self) -> bool:
        """Whether the program says so, and no setting or variable signs it in otherwise."""
        own = any("model_provider" in setting for setting in self.config_overrides)
        if own or os.environ.get(_KEY_VARIABLE, "").strip():
            return False
        status = asked(self.command, ["login", "status"], self._environment())
        return status is not None and "not logged in" in (status.stdout + status.stderr).lower()

    def _send(self, ask: Ask) -> Reply:
        self.check()
        with tempfile.TemporaryDirectory(
            prefix="openrange-codex-", ignore_cleanup_errors=True
        ) as private:
            folder = Path(private)
            options = self._options()
            last_message = folder / "last-message.txt"
            if ask.schema is not None:
                schema = folder / "schema.json"
                schema.write_text(json.dumps(ask.schema), encoding="utf-8")
                options += [("--output-schema", str(schema))]
                options += [("--output-last-message", str(last_message))]
            work = folder / "work"
            work.mkdir()
            output = self._run([*options, ("-",)], ask, work if self.cwd is None else self.cwd)
            if ask.schema is None:
                return Reply(output.removesuffix("\n"))  # the program's, not the model's
            message = read_file(last_message)
        if message is None:
            problem = "it ended without writing its last message to the output file"
            raise LLMBackendError(problem, kind="process", returncode=0)
        return Reply(message)

    def _options(self) -> list[tuple[str, ...]]:
        options: list[tuple[str, ...]] = [("exec",), ("--color", "never"), ("--ephemeral",)]
        options += [("--sandbox", self.sandbox), ("--skip-git-repo-check",)]
        if self.model is not None:
            options.append(("--model", self.model))
        return options + [("-c", override) for override in self.config_overrides]

    def _run(self, options: list[tuple[str, ...]], ask: Ask, cwd: str | PathLike[str]) -> str:
        """Standard output of the program, after a clean exit."""
        prompt = ask.as_prompt()
        ran = run_program(
            self.command,
            options,
            prompt,
            cwd=Path(cwd),
            environment=self._environment(),
            timeout=self.timeout,
            optional=_OPTIONAL,
            last_error=lambda log: _last_error(log, prompt),
        )
        if ran.returncode == 0:
            return ran.stdout
        said = _cause(ran.stderr, prompt) or _cause(ran.stdout, prompt) or "no output"
        raise exit_failure(
            ran.returncode, f"{said}{self._next_step(said)}", with_schema=ask.schema is not None
        )

    def _environment(self) -> dict[str, str]:
        return without_foreign_keys(os.environ, _OWN, self.config_overrides)

    def _next_step(self, said: str) -> str:
        for name in sorted(os.environ.keys() - self._environment().keys()):
            if re.search(rf"(?<!\w){re.escape(name)}(?!\w)", said):
                return f"; {name} was kept from it: name it in config_overrides to pass it on"
        if "401 Unauthorized" in said:
            return f"; {self.SIGN_IN}, or check the provider's key"
        return ""


def is_signed_in() -> bool:
    """Whether the Codex program is on the PATH and has an account, judged without running it."""
    if shutil.which("codex") is None:
        return False
    home = Path(os.environ.get("CODEX_HOME") or Path("~/.codex").expanduser())
    return bool(os.environ.get(_KEY_VARIABLE, "").strip()) or (home / "auth.json").is_file()


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
