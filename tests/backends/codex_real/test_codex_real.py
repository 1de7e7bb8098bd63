"""`CodexBackend` against the real program, which talks to a local server."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path

import pytest
from responses_server import (
    codex_settings,
    prompt_of,
    refusal,
    responses_server,
    schema_of,
    streamed,
)

from openrange import CodexBackend, LLMBackendError, LLMRequest
from openrange.backends.offline.sampler import sample
from openrange.testing.chat_server import Answer, ChatServer, Seen

COMMAND = str(Path(os.environ["OPENRANGE_CODEX_COMMAND"]).absolute())

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "doors": {"type": "array", "items": {"enum": ["search", "records"]}},
        "size": {"type": "integer", "minimum": 1, "maximum": 9},
    },
    "required": ["name", "doors", "size"],
    "additionalProperties": False,
}
REQUEST = LLMRequest("Design a JSON schema portal.", "You design portals.", SCHEMA)
MESSAGE = "You design portals.\n\nDesign a JSON schema portal."


@pytest.fixture(autouse=True)
def _private_account(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home = tmp_path / "codex-home"
    home.mkdir()
    monkeypatch.setenv("CODEX_HOME", str(home))


def backend_of(server: ChatServer, timeout: float = 60.0) -> CodexBackend:
    return CodexBackend(
        COMMAND, "test-model", timeout=timeout, config_overrides=codex_settings(server.url)
    )


def test_the_program_is_there() -> None:
    assert shutil.which(COMMAND), f"OPENRANGE_CODEX_COMMAND names no program: {COMMAND}"
    CodexBackend(COMMAND, config_overrides=("model_provider=own",)).preflight()


def test_a_program_without_an_account_is_not_configured(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(LLMBackendError, match="sign in with `codex login`"):
        CodexBackend(COMMAND).preflight()
    monkeypatch.setenv("CODEX_API_KEY", "sk-canary-0123456789")
    CodexBackend(COMMAND).preflight()


def test_a_plain_request() -> None:
    with responses_server().running() as server:
        result = backend_of(server).complete(LLMRequest("Say anything.", "Be brief."))
    assert result.text == "plain text"
    assert result.parsed_json is None
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/responses")
    assert seen.body["model"] == "test-model"
    assert prompt_of(seen) == "Be brief.\n\nSay anything."
    assert schema_of(seen) is None


def test_a_structured_request() -> None:
    with responses_server().running() as server:
        result = backend_of(server).complete(REQUEST)
    assert result.parsed_json == sample(SCHEMA, MESSAGE.encode())
    (seen,) = server.seen
    assert schema_of(seen) == SCHEMA
    assert prompt_of(seen) == MESSAGE


def test_a_reply_that_does_not_conform_is_asked_for_once_more() -> None:
    replies = iter(['{"name": "x"}', '{"name": "x", "doors": [], "size": 3}'])

    def script(seen: Seen) -> Answer:
        return streamed(next(replies))

    with responses_server(script).running() as server:
        result = backend_of(server).complete(REQUEST)
    assert result.parsed_json == {"name": "x", "doors": [], "size": 3}
    assert '"doors" is a required property' in prompt_of(server.seen[1])


def test_a_schema_that_the_server_refuses_is_put_into_the_prompt() -> None:
    def script(seen: Seen) -> Answer:
        if schema_of(seen) is None:
            return streamed("```json\n" + json.dumps(sample(SCHEMA, b"")) + "\n```")
        words = "Invalid schema for response_format 'codex_output_schema'"
        return refusal(400, words, "invalid_json_schema")

    with responses_server(script).running() as server:
        result = backend_of(server).complete(REQUEST)
    assert result.parsed_json == sample(SCHEMA, b"")
    assert [schema_of(seen) for seen in server.seen] == [SCHEMA, None]
    assert "It must conform to this JSON Schema" in prompt_of(server.seen[1])


def test_an_error_of_the_server_is_an_error_with_its_words(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-wrong-and-secret")

    def script(seen: Seen) -> Answer:
        words = "Incorrect API key provided: sk-wrong-and-secret."
        return refusal(401, words, "invalid_api_key")

    with responses_server(script).running() as server:
        with pytest.raises(LLMBackendError) as caught:
            backend_of(server).complete(REQUEST)
    message = str(caught.value)
    assert message.startswith("codex (test-model): exited with status 1: unexpected status 401")
    assert "Incorrect API key provided: [redacted]" in message
    assert "sign in with `codex login`" in message
    assert (caught.value.kind, caught.value.returncode) == ("process", 1)
    assert {prompt_of(seen) for seen in server.seen} == {MESSAGE}


def test_a_server_that_never_answers_meets_the_deadline() -> None:
    with responses_server(lambda seen: Answer(delay=3600)).running() as server:
        with pytest.raises(LLMBackendError) as caught:
            backend_of(server, timeout=5.0).complete(REQUEST)
        assert len(server.seen) == 1
    assert str(caught.value) == "codex (test-model): timed out after 5 seconds"
    assert caught.value.kind == "timeout"
