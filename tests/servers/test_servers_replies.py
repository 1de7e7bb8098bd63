"""Replies in the notations of real servers: thoughts, objects, streams, packed and cut bodies."""

from __future__ import annotations

import gzip
import json
import zlib
from typing import Any

import pytest
from http_servers import SCHEMA, Make, city, failure

from openrange import LLMRequest, OpenAICompatibleBackend
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

WRONG, RIGHT = '{"city": "Porto"}', '{"city": "Lisbon"}'
THOUGHTS = {
    "think": f"<think>{WRONG}</think>{RIGHT}",
    "no beginning": f"{WRONG}\n</think>\n{RIGHT}",
    "thinking": f"<thinking>{WRONG}</thinking>\n{RIGHT}",
    "reasoning": f"<reasoning>{WRONG}</reasoning>{RIGHT}",
    "thought": f"<thought>{WRONG}</thought>{RIGHT}",
    "mistral": f"[THINK]{WRONG}[/THINK]{RIGHT}",
    "kimi": f"\u25c1think\u25b7{WRONG}\u25c1/think\u25b7{RIGHT}",
    "seed": f"<seed:think>{WRONG}</seed:think>{RIGHT}",
    "cohere": f"<|START_THINKING|>{WRONG}<|END_THINKING|><|START_RESPONSE|>{RIGHT}<|END_RESPONSE|>",
    "gemma": f"<|channel>thought\n{WRONG}<channel|>{RIGHT}",
    "harmony": f"<|channel|>analysis<|message|>{WRONG}<|end|><|start|>assistant<|channel|>final"
    f"<|message|>{RIGHT}",
    "harmony with a form": f"<|channel|>analysis<|message|>{WRONG}<|end|><|start|>assistant"
    f"<|channel|>final <|constrain|>json<|message|>{RIGHT}",
    "granite": f"Here is my thought process: {WRONG} Here is my response: {RIGHT}",
    "apriel": f"{WRONG}[BEGIN FINAL RESPONSE]{RIGHT}",
    "apertus": f"<|inner_prefix|>{WRONG}<|inner_suffix|>{RIGHT}",
    "medgemma": f"<unused94>{WRONG}<unused95>{RIGHT}",
    "answer": f"<think>{WRONG}</think><answer>{RIGHT}</answer>",
    "aloud": f"Maybe {WRONG}? No:\n{RIGHT}",
}


@pytest.mark.parametrize("case", THOUGHTS)
def test_a_thought_is_no_answer(case: str, make: Make, server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion(THOUGHTS[case]))
    assert city(make(server.url)) == "Lisbon"


@pytest.mark.parametrize("name", ["reasoning_content", "reasoning"])
def test_thoughts_that_stand_apart_are_read_where_nothing_was_said(
    name: str, make: Make, server: ChatServer
) -> None:
    def script(seen: Seen) -> Answer:
        document: Any = completion(RIGHT if len(server.seen) == 2 else "no object")
        document["choices"][0]["message"][name] = WRONG
        return Answer(document=document)

    server.script = script
    assert city(make(server.url)) == "Lisbon"
    assert len(server.seen) == 2
    silent: Any = completion("")
    silent["choices"][0]["message"][name] = RIGHT
    server.script = lambda seen: Answer(document=silent)
    assert city(make(server.url)) == "Lisbon"


def test_parts_of_a_thought_are_left_out_of_a_text(make: Make, server: ChatServer) -> None:
    document: Any = completion("")
    document["choices"][0]["message"]["content"] = [
        {"type": "thinking", "thinking": [{"type": "text", "text": WRONG}]},
        {"type": "text", "text": RIGHT},
    ]
    server.script = lambda seen: Answer(document=document)
    assert city(make(server.url)) == "Lisbon"


@pytest.mark.parametrize("place", ["content", "arguments"])
def test_an_object_where_a_text_is_due_is_read(place: str, make: Make, server: ChatServer) -> None:
    document: Any = completion(None)
    message = document["choices"][0]["message"]
    if place == "content":
        message["content"] = {"city": "Lisbon"}
    else:
        function = {"name": "answer", "arguments": {"city": "Lisbon"}}
        message["tool_calls"] = [{"id": "1", "type": "function", "function": function}]
    server.script = lambda seen: Answer(document=document)
    assert city(make(server.url)) == "Lisbon"


def chunks(*texts: str, end: bool = True) -> bytes:
    """A stream of Chat Completions."""
    lines = [": a comment, to keep the line alive\n\n"]
    for text in texts:
        chunk = {"model": "m", "choices": [{"index": 0, "delta": {"content": text}}]}
        lines.append(f"data: {json.dumps(chunk)}\n\n")
    if end:
        last = {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]}
        lines.append(f"data: {json.dumps(last)}\n\ndata: [DONE]\n\n")
    return "".join(lines).encode()


STREAM = {"Content-Type": "text/event-stream"}


@pytest.mark.parametrize("headers", [STREAM, {"Content-Type": "application/json"}], ids=str)
def test_a_stream_that_nobody_asked_for_is_read(
    headers: dict[str, str], make: Make, server: ChatServer
) -> None:
    body = chunks("Lis", "bon")
    server.script = lambda seen: Answer(raw=body, headers=headers)
    assert make(server.url).complete(LLMRequest("Which city?")).text == "Lisbon"
    # LiteLLM leaves the word out by itself that no stream is wanted.
    said = {"stream": False} if isinstance(make(server.url), OpenAICompatibleBackend) else {}
    assert {k: v for k, v in server.seen[0].body.items() if k == "stream"} == said
    server.script = lambda seen: Answer(raw=chunks('{"city": ', '"Lisbon"}'), headers=headers)
    assert city(make(server.url)) == "Lisbon"


def test_a_stream_that_breaks_off_is_a_broken_connection(make: Make, server: ChatServer) -> None:
    server.script = lambda seen: Answer(raw=chunks("Lis", end=False), headers=STREAM)
    found = failure(make(server.url))
    assert (found.kind, found.retryable) == ("connection", True)
    half = chunks("Lis", "bon")
    server.script = lambda seen: Answer(raw=half, headers=STREAM, truncate_to=len(half) - 80)
    found = failure(make(server.url))
    assert (found.kind, found.retryable) == ("connection", True)


def test_an_error_in_a_stream_is_judged_as_one(make: Make, server: ChatServer) -> None:
    body = b'data: {"error": {"message": "slow down", "code": 429}}\n\ndata: [DONE]\n\n'
    server.script = lambda seen: Answer(raw=body, headers=STREAM)
    found = failure(make(server.url))
    assert (found.kind, found.retryable) == ("rate-limit", True)


PACKED = json.dumps(completion(RIGHT)).encode()
ENCODINGS = {
    "gzip": gzip.compress(PACKED),
    "x-gzip": gzip.compress(PACKED[:40]) + gzip.compress(PACKED[40:]),
    "deflate": zlib.compress(PACKED),
    "Deflate": zlib.compress(PACKED)[2:-4],  # without its head, as some send it
}


@pytest.mark.parametrize("encoding", ENCODINGS)
def test_a_packed_body_is_read_although_it_was_not_asked_for(
    encoding: str, make: Make, server: ChatServer
) -> None:
    headers = {"Content-Type": "application/json", "Content-Encoding": encoding}
    server.script = lambda seen: Answer(raw=ENCODINGS[encoding], headers=headers)
    assert city(make(server.url)) == "Lisbon"


def test_a_packed_error_is_read(make: Make, server: ChatServer) -> None:
    body = gzip.compress(b'{"error": {"message": "slow down"}}')
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    server.script = lambda seen: Answer(429, raw=body, headers=headers)
    assert "slow down" in str(failure(make(server.url)))


@pytest.mark.parametrize(
    ("body", "kind", "words"),
    [
        (gzip.compress(bytes(50_000_000)), "rejected", "larger than 6,000,000 bytes"),
        (gzip.compress(PACKED)[:-9], "connection", "damaged or broken off"),
        (b"no gzip at all", "connection", "damaged or broken off"),
    ],
    ids=["bomb", "cut", "other"],
)
def test_a_packed_body_is_bounded_and_whole(
    body: bytes, kind: str, words: str, make: Make, server: ChatServer
) -> None:
    headers = {"Content-Encoding": "gzip", "Content-Type": "application/json"}
    server.script = lambda seen: Answer(raw=body, headers=headers)
    found = failure(make(server.url))
    assert found.kind == kind, str(found)
    assert words in str(found)


def test_a_body_that_is_cut_is_asked_for_again(make: Make, server: ChatServer) -> None:
    def script(seen: Seen) -> Answer:
        cut = PACKED[: len(PACKED) // 2] if len(server.seen) == 1 else PACKED
        return Answer(raw=cut, headers={"Content-Type": "application/json"})

    server.script = script
    assert city(make(server.url, max_retries=1)) == "Lisbon"
    server.seen.clear()
    server.script = lambda seen: Answer(raw=PACKED[:60])
    found = failure(make(server.url), SCHEMA)
    assert (found.kind, found.retryable) == ("connection", True)
    assert "base URL" not in str(found)


def test_words_of_success_beside_a_choice_are_no_error(make: Make, server: ChatServer) -> None:
    document: Any = {**completion(None), "code": 0, "msg": "success"}
    function = {"name": "answer", "arguments": RIGHT}
    call = {"id": "1", "type": "function", "function": function}
    document["choices"][0]["message"]["tool_calls"] = [call]
    server.script = lambda seen: Answer(document=document)
    assert city(make(server.url)) == "Lisbon"
