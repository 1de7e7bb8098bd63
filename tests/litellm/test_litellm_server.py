from __future__ import annotations

import asyncio
import json
import time
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from openrange_litellm import LiteLLMBackend
from provider_replies import SECRET

from openrange import LLMBackendError, LLMRequest
from openrange.llm import recording
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}, "size": {"enum": ["small", "large"]}},
    "required": ["city", "size"],
    "additionalProperties": False,
}
PLAIN = LLMRequest("Where?", system="Be brief.")
STRUCTURED = LLMRequest("Where?", system="Be brief.", json_schema=SCHEMA)


def backend(server: ChatServer, **fields: Any) -> LiteLLMBackend:
    settings = {"api_base": server.url, "max_retries": 0, **fields}
    return LiteLLMBackend("openai/anything", **settings)


def test_a_plain_completion_over_a_real_connection(server: ChatServer) -> None:
    assert backend(server).complete(PLAIN).text == "plain text"
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert [message["role"] for message in seen.messages] == ["system", "user"]


def test_a_structured_completion_over_a_real_connection(server: ChatServer) -> None:
    result = backend(server).complete(STRUCTURED)
    assert result.parsed_json is not None
    assert result.parsed_json["size"] in ("small", "large")
    assert json.loads(result.text) == result.parsed_json
    (seen,) = server.seen
    assert seen.schema == SCHEMA


def test_a_server_of_ones_own_needs_no_key_and_is_sent_none(server: ChatServer) -> None:
    backend(server).complete(PLAIN)
    assert server.seen[0].headers["Authorization"] == "Bearer none"


def test_a_model_in_a_local_server_of_another_kind(server: ChatServer) -> None:
    llm = LiteLLMBackend("hosted_vllm/anything", api_base=server.url)
    assert llm.complete(PLAIN).text == "plain text"
    assert server.seen[0].body["model"] == "anything"


def test_retries_are_few_and_announced(server: ChatServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    server.script = lambda seen: Answer(500, {"error": {"message": "Bad day."}})
    events: list[str] = []
    with recording(lambda step, data: events.append(step)), pytest.raises(LLMBackendError):
        backend(server, max_retries=2).complete(PLAIN)
    assert len(server.seen) == 3
    assert events == ["llm_retry", "llm_retry"]


@pytest.mark.parametrize(
    "model", ["openai/m", "azure/m", "deepinfra/m", "groq/m", "mistral/m", "ollama/m", "zai/m"]
)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_no_retries_means_one_request_on_the_wire(
    model: str, status: int, server: ChatServer
) -> None:
    server.script = lambda seen: Answer(status, {"error": {"message": "Bad day."}})
    llm = LiteLLMBackend(model, SECRET, api_base=server.url, max_retries=0)
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(PLAIN)
    assert caught.value.status == status
    assert len([seen for seen in server.seen if not seen.path.endswith("/api/show")]) == 1


def test_a_wait_that_is_too_long_is_left_to_the_caller(server: ChatServer) -> None:
    headers = {"Retry-After": "600"}
    server.script = lambda seen: Answer(429, {"error": {"message": "Slow down."}}, headers)
    with pytest.raises(LLMBackendError) as caught:
        backend(server, max_retries=2, timeout=5).complete(PLAIN)
    assert len(server.seen) == 1
    assert caught.value.retry_after == 600.0


@pytest.mark.parametrize(
    "answer",
    [Answer(document=completion("x" * 200), drip=0.05), Answer(document=completion("x"), delay=30)],
    ids=["drip", "hang"],
)
@pytest.mark.parametrize("model", ["openai/m", "anthropic/m", "gemini/m"])
def test_the_deadline_holds_against_a_slow_server(
    model: str, answer: Answer, server: ChatServer
) -> None:
    server.script = lambda seen: answer
    llm = LiteLLMBackend(model, SECRET, api_base=server.url, timeout=0.4, max_retries=0)
    started = time.monotonic()
    with pytest.raises(LLMBackendError, match=r"timed out after 0\.4 seconds") as caught:
        llm.complete(PLAIN)
    assert time.monotonic() - started < 1.4
    assert (caught.value.kind, caught.value.status) == ("timeout", None)


def test_it_works_inside_of_a_running_event_loop(server: ChatServer) -> None:
    async def ask() -> str:
        return backend(server).complete(PLAIN).text

    assert asyncio.run(ask()) == "plain text"


def test_it_works_in_many_threads(server: ChatServer) -> None:
    def answer(seen: Seen) -> Answer:
        return Answer(document=completion(seen.messages[-1]["content"]))

    server.script = answer
    llm = backend(server)
    llm.complete(PLAIN)  # or else threads that start at once each make a client, and one is kept
    with ThreadPoolExecutor(8) as pool:
        asked = [f"question {number}" for number in range(24)]
        answers = pool.map(lambda prompt: llm.complete(LLMRequest(prompt)).text, asked)
        assert list(answers) == asked
