"""What a server refuses by name has another form, which is remembered."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from http_servers import Make, city, failure

from openrange import OpenAICompatibleBackend
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

Refuses = Callable[[Any], bool]


def has_system(body: Any) -> bool:
    return any(message["role"] == "system" for message in body["messages"])


def described(body: Any) -> Any:
    return body.get("response_format", {}).get("json_schema", {})


CASES: dict[str, tuple[Refuses, int, str]] = {
    "system role": (has_system, 400, "System role not supported"),
    "system role by a template": (
        has_system,
        500,
        "Only user and assistant roles are supported!",
    ),
    "system instruction": (has_system, 400, "Developer instruction is not enabled for models/m"),
    "stream": (lambda body: "stream" in body, 422, "stream: extra fields not permitted"),
    "strict": (lambda body: "strict" in described(body), 400, "Unknown parameter: 'strict'"),
    "name": (
        lambda body: "name" in described(body),
        400,
        "response_format.json_schema.name: Extra inputs are not permitted",
    ),
    "max_tokens": (
        lambda body: "max_tokens" in body,
        400,
        "Unsupported parameter: 'max_tokens'. Use 'max_completion_tokens' instead.",
    ),
    "temperature": (
        lambda body: "temperature" in body,
        400,
        "Unsupported value: 'temperature'. Only the default (1) value is supported.",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_what_is_refused_is_asked_otherwise_from_then_on(
    case: str, make: Make, server: ChatServer
) -> None:
    refuses, status, words = CASES[case]

    def script(seen: Seen) -> Answer:
        if refuses(seen.body):
            return Answer(status, {"error": {"message": words, "type": "invalid_request_error"}})
        return Answer(document=completion('{"city": "Lisbon"}'))

    server.script = script
    llm = make(server.url, temperature=0.2, max_tokens=50)
    for _ in range(2):
        assert city(llm, "Be brief.") == "Lisbon"
    refused = [refuses(seen.body) for seen in server.seen]
    # LiteLLM leaves the word out by itself that no stream is wanted.
    is_said = case != "stream" or isinstance(llm, OpenAICompatibleBackend)
    assert refused == ([True, False, False] if is_said else [False, False])
    last = server.seen[-1].body
    assert "Be brief." in str(last["messages"])
    assert last.get("max_tokens") or last.get("max_completion_tokens") == 50


def test_several_things_are_given_up_one_after_the_other(make: Make, server: ChatServer) -> None:
    def script(seen: Seen) -> Answer:
        if "stream" in seen.body:
            return Answer(400, {"error": "unknown field: stream"})
        if has_system(seen.body):
            return Answer(400, {"error": "System role not supported"})
        if "response_format" in seen.body:
            return Answer(400, {"error": "response_format is not supported"})
        return Answer(document=completion('{"city": "Lisbon"}'))

    server.script = script
    assert city(make(server.url), "Be brief.") == "Lisbon"


def test_a_refusal_that_stays_is_an_error(make: Make, server: ChatServer) -> None:
    server.script = lambda seen: Answer(400, {"error": "unknown field: stream"})
    assert failure(make(server.url)).kind == "unsupported"
    assert len(server.seen) == 2


@pytest.mark.parametrize("words", ["'temperature' is not supported", "Unknown parameter: 'strict'"])
def test_what_stands_far_behind_in_a_refusal_counts_as_well(
    words: str, make: Make, server: ChatServer
) -> None:
    name = "temperature" if "temperature" in words else "strict"

    def script(seen: Seen) -> Answer:
        if name in seen.body or name in described(seen.body):
            return Answer(400, {"error": {"message": f"Validation failed. {'x' * 400} {words}"}})
        return Answer(document=completion('{"city": "Lisbon"}'))

    server.script = script
    assert city(make(server.url, temperature=0.2)) == "Lisbon"
    assert described(server.seen[-1].body), "the schema itself was given up"
