"""`ClaudeBackend` against the real program, which talks to a local server."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, ClassVar

import pytest
from messages_server import refusal, sent_of, streamed

from openrange import ClaudeBackend, LLMBackendError, LLMRequest
from openrange.llm.schema import violation
from openrange.testing import Answer, BackendContract, ChatServer, Script, Seen, Sent, Turn

COMMAND = str(Path(os.environ["OPENRANGE_CLAUDE_COMMAND"]).absolute())
ENDINGS = {"stop": "end_turn", "length": "max_tokens", "filter": "refusal", "refusal": "refusal"}
OF_THE_PROGRAM = "the program reads the provider's responses itself, and says what it makes of them"


def answer_of(turn: Turn, schema: Any) -> Answer:
    trouble: dict[str, Any] = {"delay": turn.hangs, "drip": turn.drips, "drop": turn.drops}
    if turn.body is not None or any(trouble.values()):
        return Answer(raw=turn.body or b"drop by drop", **trouble)
    if turn.status != 200:
        return refusal(turn.status, turn.text)
    fits = False
    with suppress(ValueError):
        fits = schema is not None and violation(json.loads(turn.text), schema) is None
    stop = ENDINGS[turn.finish]
    return streamed(turn.text, as_tool=fits, stop="tool_use" if fits else stop)


@pytest.fixture(autouse=True)
def _private_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("CLAUDE_CONFIG_DIR", str(tmp_path / "claude"))


class TestClaudeBackend(BackendContract):
    name = "claude"
    key_variable = "ANTHROPIC_API_KEY"
    not_covered: ClassVar = {
        "roles": "the program has a system text of its own where none is given",
        **dict.fromkeys(
            (
                *("malformed-response", "odd-response", "errors-in-a-success", "empty-reply"),
                *("nonconforming-reply", "asks-again", "few-requests", "withheld-reply"),
                *("provider-errors", "broken-connection", "cut-reply", "retryable", "returncode"),
                *("finds-the-object", "thoughts", "retry-after", "tokens", "threads"),
            ),
            OF_THE_PROGRAM,
        ),
        **dict.fromkeys(
            ("usage", "no-vain-retries"), "the program asks again by itself, such as after a 404"
        ),
        **dict.fromkeys(
            ("given-key-wins", "no-key-in-repr", "no-key-in-pickles", "keys-stay-out-of-files"),
            "the program keeps its account itself, so no field holds a key",
        ),
        "missing-key": "the program may be signed in without one",
        "quiet-start": "the program alone can tell whether it is signed in",
        "detected": "it is chosen where the program is signed in, and by no variable",
        "deadline": "starting the program takes longer than the half second that the rule allows",
        "deadline-of-drips": "the same",
    }

    def backend(self, url: str, **fields: Any) -> ClaudeBackend:
        return ClaudeBackend(COMMAND, **fields)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        def respond(seen: Seen) -> Answer:
            prompt, system, schema = sent_of(seen)
            headers = {name.lower(): value for name, value in seen.headers.items()}
            turn = script.next(Sent(prompt, system, schema, headers.get("x-api-key")))
            return answer_of(turn, schema)

        with ChatServer(respond).running() as server:
            with pytest.MonkeyPatch.context() as patch:
                patch.setenv("ANTHROPIC_BASE_URL", server.origin)
                yield server.origin


@pytest.fixture
def asked(monkeypatch: pytest.MonkeyPatch) -> Iterator[ChatServer]:
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-canary-0123456789")
    monkeypatch.setenv("NO_PROXY", "*")
    with ChatServer(lambda seen: streamed("Lisbon")).running() as server:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", server.origin)
        yield server


def test_one_request_is_sent_without_tools_or_reminders_of_a_programmer(asked: ChatServer) -> None:
    result = ClaudeBackend(COMMAND).complete(LLMRequest("Which city?", "Be brief."))
    assert result.text == "Lisbon"
    (seen,) = asked.seen
    assert sent_of(seen) == ("Which city?", "Be brief.", None)
    assert not seen.body["tools"]


def test_a_wrong_key_ends_at_once_and_names_what_to_do(asked: ChatServer) -> None:
    asked.script = lambda seen: refusal(401, "invalid x-api-key", "authentication_error")
    with pytest.raises(LLMBackendError) as caught:
        ClaudeBackend(COMMAND).complete(LLMRequest("Which city?"))
    assert (caught.value.kind, caught.value.status) == ("auth", 401)
    assert "ANTHROPIC_API_KEY or of `claude auth login`" in str(caught.value)
    assert len(asked.seen) == 1


def test_an_overload_is_tried_again_by_us_alone(asked: ChatServer) -> None:
    asked.script = lambda seen: refusal(529, "Overloaded", "overloaded_error")
    with pytest.raises(LLMBackendError) as caught:
        ClaudeBackend(COMMAND, max_retries=1).complete(LLMRequest("Which city?"))
    assert (caught.value.kind, caught.value.retryable) == ("server", True)
    assert len(asked.seen) == 2


def test_a_program_without_an_account_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("ANTHROPIC_API_KEY", raising=False)
    with pytest.raises(LLMBackendError, match="sign in with `claude auth login`"):
        ClaudeBackend(COMMAND).preflight()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-ant-canary-0123456789")
    ClaudeBackend(COMMAND).preflight()
