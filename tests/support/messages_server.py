"""Anthropic's Messages API as the Claude program speaks it: streams, and an object by a tool."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from openrange.testing.chat_server import Answer, Seen

TOOL = "StructuredOutput"
"""The tool by which the program has a model give an object."""


def sent_of(seen: Seen) -> tuple[str, str | None, Mapping[str, object] | None]:
    """What the user's last message says, the last system text, and the schema of the object.

    Args:
        seen: A request of the program.

    Returns:
        Prompt, system text and schema, without what the program adds on its own.
    """
    body: Any = seen.body
    texts = _texts(body["messages"][0]["content"])
    system = _texts(body.get("system") or [])
    tools = {tool["name"]: tool for tool in body.get("tools") or ()}
    schema = tools[TOOL]["input_schema"] if TOOL in tools else None
    return texts[-1], system[-1] if system else None, schema


def streamed(text: str, *, as_tool: bool = False, stop: str = "end_turn") -> Answer:
    """A reply as a stream of events.

    Args:
        text: What the model says; with `as_tool`, the object in JSON.
        as_tool: Whether it calls the tool with it.
        stop: Why it stopped.

    Returns:
        The answer.
    """
    block: dict[str, object] = {"type": "text", "text": ""}
    delta = {"type": "text_delta", "text": text}
    if as_tool:
        block = {"type": "tool_use", "id": "toolu_1", "name": TOOL, "input": {}}
        delta = {"type": "input_json_delta", "partial_json": text}
    usage = {"input_tokens": 11, "output_tokens": 1}
    message = {"id": "msg_1", "type": "message", "role": "assistant", "model": "claude-opus-4-8"}
    message |= {"content": [], "stop_reason": None, "stop_sequence": None, "usage": usage}  # type: ignore[dict-item]
    events: list[dict[str, object]] = [
        {"type": "message_start", "message": message},
        {"type": "content_block_start", "index": 0, "content_block": block},
        {"type": "content_block_delta", "index": 0, "delta": delta},
        {"type": "content_block_stop", "index": 0},
        {
            "type": "message_delta",
            "delta": {"stop_reason": stop, "stop_sequence": None},
            "usage": {"output_tokens": 7},
        },
        {"type": "message_stop"},
    ]
    lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in events)
    return Answer(raw="".join(lines).encode(), headers={"Content-Type": "text/event-stream"})


def refusal(status: int, words: str, type_: str = "api_error") -> Answer:
    """An error of the API.

    Args:
        status: The HTTP status.
        words: The message.
        type_: Its type.

    Returns:
        The answer.
    """
    return Answer(status, {"type": "error", "error": {"type": type_, "message": words}})


def _texts(content: str | Sequence[Mapping[str, Any]]) -> list[str]:
    if isinstance(content, str):
        return [content]
    return [part["text"] for part in content if part.get("type") == "text"]
