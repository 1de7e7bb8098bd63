"""A stream of events that nobody asked for, read as the one response that it stands for.

Source: the WHATWG standard on server-sent events, and OpenAI's reference on streamed chunks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import suppress

from openrange.errors import LLMBackendError

_FIELDS = ("data:", "event:", "id:", "retry:", ":")
_JOINED = ("content", "reasoning_content", "reasoning", "refusal")


def is_stream(text: str, content_type: str = "") -> bool:
    """Whether a body is a stream of events.

    Args:
        text: The body.
        content_type: The header of that name.

    Returns:
        True where the header says so, or the body looks like one.
    """
    is_said = content_type.partition(";")[0].strip().lower() == "text/event-stream"
    return is_said or text[:100].lstrip("\ufeff\r\n").startswith(_FIELDS)


def read_stream(text: str) -> dict[str, object]:
    """Join the chunks of a Chat Completions stream.

    Args:
        text: The whole body.

    Returns:
        The response without a stream; or the error that the stream carries; or its only event.

    Raises:
        LLMBackendError: Of kind `connection`: it broke off before its end.
    """
    joined = _Joined()
    is_done = False
    for data in _data(text):
        if data.strip() == "[DONE]":
            is_done = True
            break
        chunk: object = None
        with suppress(ValueError, RecursionError):
            chunk = json.loads(data)
        if not isinstance(chunk, dict):
            continue
        choices = chunk.get("choices")
        if (chunk.get("error") and not choices) or chunk.get("type") == "error":
            return chunk
        if choices and isinstance(choices, list) and _mapping(choices[0]).get("message"):
            return chunk  # the whole response as one event
        joined.add(chunk)
    if not (is_done or joined.finish):
        raise LLMBackendError(
            "the server streams its reply, and broke off in the middle of it; try again",
            kind="connection",
            retryable=True,
        )
    return joined.document()


def _data(text: str) -> Iterator[str]:
    """The data of each event; an event that is not ended by a blank line is none."""
    lines: list[str] = []
    for line in text.replace("\r\n", "\n").replace("\r", "\n").split("\n"):
        if not line:
            if lines:
                yield "\n".join(lines)
            lines = []
        elif line.startswith("data:"):
            if len(lines) == 1:  # some servers leave the blank line out
                with suppress(ValueError, RecursionError):
                    json.loads(lines[0])
                    yield lines.pop()
            lines.append(line[5:].removeprefix(" "))
    if "\n".join(lines).strip() == "[DONE]":
        yield "[DONE]"


class _Joined:
    """What the chunks of a stream say together."""

    def __init__(self) -> None:
        self.finish: object = None
        self._whole: dict[str, object] = {"object": "chat.completion"}
        self._texts: dict[str, list[str]] = {"content": []}
        self._calls: dict[object, list[str]] = {}

    def add(self, chunk: Mapping[str, object]) -> None:
        """Take one more chunk."""
        self._whole |= {name: chunk[name] for name in ("model", "usage") if chunk.get(name)}
        choices = chunk.get("choices")
        choice = _mapping(choices[0]) if isinstance(choices, list) and choices else {}
        self.finish = choice.get("finish_reason") or self.finish
        delta = _mapping(choice.get("delta"))
        for name in _JOINED:
            if isinstance(part := delta.get(name), str):
                self._texts.setdefault(name, []).append(part)
        given = delta.get("tool_calls")
        for call in given if isinstance(given, list) else []:
            function = _mapping(_mapping(call).get("function"))
            index = str(_mapping(call).get("index"))
            self._calls.setdefault(index, []).append(str(function.get("arguments") or ""))

    def document(self) -> dict[str, object]:
        """The response without a stream."""
        message: dict[str, object] = {"role": "assistant"}
        message |= {name: "".join(parts) for name, parts in self._texts.items()}
        if self._calls:
            texts = map("".join, self._calls.values())
            message["tool_calls"] = [{"function": {"arguments": text}} for text in texts]
        choice = {"index": 0, "finish_reason": self.finish, "message": message}
        return {**self._whole, "choices": [choice]}


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
