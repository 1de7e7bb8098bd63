"""A backend that drives the Claude Code command-line program."""

from __future__ import annotations

import json
import os
import shutil
import tempfile
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from openrange.errors import LLMBackendError
from openrange.llm.chat import ending
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.environment import own_keys, without_foreign_keys
from openrange.llm.failure import http_failure
from openrange.llm.forms import Ask
from openrange.llm.program import Ran, asked, exit_failure, run_program
from openrange.llm.program_settings import ProgramSettings
from openrange.llm.recording import Usage
from openrange.llm.reply import Reply
from openrange.llm.run import run

NAME = "claude"

_OWN = ("ANTHROPIC_", "CLAUDE_")  # variables that are the program's own
_OPTIONAL = frozenset({"--disable-slash-commands", "--no-session-persistence"})
# A retry of ours follows the provider's wait; and no request is sent for a session's title.
_QUIET = {
    "CLAUDE_CODE_MAX_RETRIES": "0",
    "CLAUDE_CODE_DISABLE_NONESSENTIAL_TRAFFIC": "1",
    "CLAUDE_CODE_DISABLE_TERMINAL_TITLE": "1",
}
_MAX_CAUSE = 400


@dataclass(frozen=True, slots=True)
class ClaudeBackend(ProgramSettings):
    """Asks the `claude` program, with whatever account it is signed in to.

    The program runs without tools, settings, plugins and sessions of its own.

    Args:
        command: The program, by name or path.
        model: The model to use; None leaves it to the program.
        cwd: Where the program works; None is an empty temporary directory for each call.
        timeout: Seconds of wall-clock time for one attempt, after which the program and all that
            it started are ended.
        max_retries: How often a request that failed for a passing reason is sent again.
        max_reasks: How often a reply that does not conform is asked for again.
    """

    NAME: ClassVar[str] = NAME
    SIGN_IN: ClassVar[str] = "sign in with `claude auth login`, or set ANTHROPIC_API_KEY"

    command: str = "claude"
    max_retries: int = field(default=2, kw_only=True)
    max_reasks: int = field(default=1, kw_only=True)

    def complete(self, request: LLMRequest) -> LLMResult:
        """Answer one request.

        Args:
            request: What to ask.

        Returns:
            The model's text; for a request with a schema, an object that conforms to it as well.

        Raises:
            LLMBackendError: For every failure.
        """
        return run(
            request,
            self._send,
            backend=NAME,
            model=self.model,
            forms=("native", "prompt"),
            timeout=self.timeout,
            max_retries=self.max_retries,
            max_reasks=self.max_reasks,
            secrets=own_keys(os.environ, _OWN),
            memory_key=(NAME, self.command, self.model, os.environ.get("ANTHROPIC_BASE_URL")),
        )

    def is_signed_out(self) -> bool:
        """Whether the program says that it has no account."""
        return is_signed_in(self.command) is False

    def _send(self, ask: Ask) -> Reply:
        self.check()
        with tempfile.TemporaryDirectory(
            prefix="openrange-claude-", ignore_cleanup_errors=True
        ) as work:
            ran = run_program(
                self.command,
                self._options(ask),
                ask.prompt,
                cwd=Path(work if self.cwd is None else self.cwd),
                environment=without_foreign_keys(os.environ, _OWN) | _QUIET,
                timeout=self.timeout,
                optional=_OPTIONAL,
                last_error=lambda log: log.strip()[-_MAX_CAUSE:],
            )
        return _read(ran, ask)

    def _options(self, ask: Ask) -> list[tuple[str, ...]]:
        options: list[tuple[str, ...]] = [("-p",), ("--output-format", "json"), ("--tools", "")]
        # Without one, it would send what it tells a model that writes programs.
        options += [("--system-prompt", ask.system or "Answer what you are asked.")]
        options += [("--setting-sources", ""), ("--strict-mcp-config",)]
        options += [(name,) for name in sorted(_OPTIONAL)]
        if self.model is not None:
            options.append(("--model", self.model))
        if ask.schema is not None:
            options.append(("--json-schema", json.dumps(ask.schema)))
        return options


def is_signed_in(command: str = NAME) -> bool | None:
    """Whether the Claude program has an account, as it says itself.

    Args:
        command: The program, by name or path.

    Returns:
        None where there is no such program, or it does not say.
    """
    if shutil.which(command) is None:
        return None
    environment = without_foreign_keys(os.environ, _OWN) | _QUIET
    status = asked(command, ["auth", "status", "--json"], environment)
    with suppress(ValueError, AttributeError, RecursionError):
        said = None if status is None else json.loads(status.stdout).get("loggedIn")
        return said if isinstance(said, bool) else None
    return None


def _read(ran: Ran, ask: Ask) -> Reply:
    """The reply in what the program wrote, or else the failure."""
    document = _result(ran.stdout)
    if document is None:
        said = ran.stderr.strip()[-_MAX_CAUSE:] or ran.stdout.strip()[-_MAX_CAUSE:] or "no output"
        raise exit_failure(ran.returncode, said, with_schema=ask.schema is not None)
    text = document.get("result")
    text = text if isinstance(text, str) else ""
    finish = ending(document.get("stop_reason"))
    if (document.get("is_error") or ran.returncode) and finish != "refusal":
        raise _failure(document.get("api_error_status"), text, ran.returncode)
    if isinstance(found := document.get("structured_output"), Mapping):
        text = json.dumps(found, ensure_ascii=False)
    models = document.get("modelUsage")
    model = next(iter(models), None) if isinstance(models, Mapping) else None
    return Reply(
        text,
        finish=finish,
        explanation=text if finish == "refusal" else None,
        limit="CLAUDE_CODE_MAX_OUTPUT_TOKENS",
        usage=_usage(document),
        model=model.partition("[")[0] if isinstance(model, str) else None,
    )


def _failure(status: object, said: str, returncode: int) -> LLMBackendError:
    if isinstance(status, int) and not isinstance(status, bool):
        source = "ANTHROPIC_API_KEY or of `claude auth login`"
        return http_failure(status, said.removeprefix(f"API Error: {status} "), key_source=source)
    if "not logged in" in said.lower():
        return LLMBackendError(
            f"the program is not signed in; {ClaudeBackend.SIGN_IN}",
            kind="auth",
            returncode=returncode or 1,
        )
    is_connection = "connection" in said.lower() or "unable to connect" in said.lower()
    return LLMBackendError(
        said or "it failed without a word",
        kind="connection" if is_connection else "process",
        retryable=is_connection,
        returncode=returncode or 1,
    )


def _result(output: str) -> Mapping[str, object] | None:
    """The object that the program writes at its end."""
    for line in (output, *reversed(output.splitlines()[-5:])):
        with suppress(ValueError, RecursionError):
            document = json.loads(line)
            if isinstance(document, dict) and document.get("type") == "result":
                return document
    return None


def _usage(document: Mapping[str, object]) -> Usage:
    given = document.get("usage")
    counts = given if isinstance(given, Mapping) else {}
    read, written = (counts.get(f"cache_{way}_input_tokens") for way in ("read", "creation"))
    parts = [Usage.count(part) for part in (counts.get("input_tokens"), read, written)]
    known = [part for part in parts if part is not None]
    cost = document.get("total_cost_usd")
    return Usage(
        input_tokens=sum(known) if known else None,
        output_tokens=Usage.count(counts.get("output_tokens")),
        cached_tokens=Usage.count(read),
        cost_usd=float(cost) if isinstance(cost, int | float) and cost else None,
    )
