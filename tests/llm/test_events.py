from __future__ import annotations

import json

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import holds_too_much
from openrange.llm.events import read_stream


def chunk(text: str, **more: object) -> str:
    choice = {"index": 0, "delta": {"content": text}, "logprobs": None, "finish_reason": None}
    return f"data: {json.dumps({'id': 'c', 'model': 'm', 'choices': [choice | more]})}\n"


def content(document: dict[str, object]) -> object:
    return document["choices"][0]["message"]["content"]  # type: ignore[index]


def test_chunks_are_joined_with_and_without_blank_lines() -> None:
    for blank in ("\n", ""):
        text = f"{chunk('Lis')}{blank}{chunk('bon')}{blank}data: [DONE]\n{blank}"
        assert content(read_stream(text)) == "Lisbon"
    assert content(read_stream(chunk("Lis") + "\n" + chunk("bon", finish_reason="stop") + "\n"))


def test_arguments_of_a_call_are_joined() -> None:
    parts = ('{"city": ', '"Lisbon"}')
    calls = [{"tool_calls": [{"index": 0, "function": {"arguments": part}}]} for part in parts]
    text = "".join(chunk("", delta=call) + "\n" for call in calls) + "data: [DONE]\n\n"
    message = read_stream(text)["choices"][0]["message"]  # type: ignore[index]
    assert message["tool_calls"] == [{"function": {"arguments": '{"city": "Lisbon"}'}}]


def test_a_long_stream_is_no_reply_of_too_many_values() -> None:
    text = (chunk("x") + "\n") * 5_000 + "data: [DONE]\n\n"
    assert holds_too_much(text.encode()) is None
    assert content(read_stream(text)) == "x" * 5_000
    assert holds_too_much(b"data: [" + b"[]," * 100_000 + b"0]\n\n")


def test_lines_that_are_no_events_take_no_time() -> None:
    with pytest.raises(LLMBackendError, match="broke off"):
        read_stream("data:x\n" * 200_000)
