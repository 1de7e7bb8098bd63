"""A real local server that speaks OpenAI's streamed Responses API, as the Codex program needs it.

Run as a program it prints its URL, then one JSON line for each request that it gets.
"""

from __future__ import annotations

import json
import time
from collections.abc import Iterator, Mapping
from typing import Any

from openrange.backends.offline.sampler import sample
from openrange.testing.chat_server import Answer, ChatServer, Script, Seen


def schema_of(seen: Seen) -> Mapping[str, object] | None:
    """The schema that a request asks the reply to conform to."""
    text: Any = seen.body.get("text") or {}
    schema: Mapping[str, object] | None = text.get("format", {}).get("schema")
    return schema


def prompt_of(seen: Seen) -> str:
    """The user's message; what the program says about itself comes before it."""
    messages: Any = seen.body["input"]
    text: str = messages[-1]["content"][-1]["text"]
    return text


def streamed(text: str) -> Answer:
    """One message, as a stream of server-sent events."""
    lines = (f"event: {event['type']}\ndata: {json.dumps(event)}\n\n" for event in _events(text))
    raw = "".join(lines).encode()
    return Answer(raw=raw, headers={"Content-Type": "text/event-stream"})


def refusal(status: int, message: str, code: str) -> Answer:
    """An error in the form that OpenAI gives it."""
    error = {"message": message, "type": "invalid_request_error", "param": None, "code": code}
    return Answer(status=status, document={"error": error})


def answer_by_schema(seen: Seen) -> Answer:
    """What a model that follows the schema would say; the same for the same prompt."""
    schema = schema_of(seen)
    if schema is None:
        return streamed("plain text")
    return streamed(json.dumps(sample(schema, prompt_of(seen).encode())))


def responses_server(script: Script = answer_by_schema, log: bool = False) -> ChatServer:
    """The server; `script` decides each answer."""
    return ChatServer(script, log)


def codex_settings(url: str) -> tuple[str, ...]:
    """The settings with which the Codex program talks to a server, without trying twice."""
    provider = f'name="local",base_url="{url}",wire_api="responses"'
    retries = "request_max_retries=0,stream_max_retries=0"
    return (
        'model_provider="local"',
        f"model_providers.local={{{provider},{retries}}}",
        "analytics.enabled=false",
    )


def _events(text: str) -> Iterator[dict[str, object]]:
    part = {"type": "output_text", "text": text, "annotations": []}
    message = {"type": "message", "id": "msg_1", "role": "assistant"}
    started = {**message, "status": "in_progress", "content": []}
    done = {**message, "status": "completed", "content": [part]}
    where = {"item_id": "msg_1", "output_index": 0, "content_index": 0}
    response = {"id": "resp_1", "object": "response", "model": "test-model"}
    usage = {
        "input_tokens": 11,
        "input_tokens_details": {"cached_tokens": 0},
        "output_tokens": 7,
        "output_tokens_details": {"reasoning_tokens": 0},
        "total_tokens": 18,
    }
    finished = {**response, "status": "completed", "output": [done], "usage": usage}
    yield {"type": "response.created", "response": {**response, "status": "in_progress"}}
    yield {"type": "response.output_item.added", "output_index": 0, "item": started}
    for start in range(0, len(text), 200):
        delta = text[start : start + 200]
        yield {"type": "response.output_text.delta", **where, "delta": delta}
    yield {"type": "response.output_text.done", **where, "text": text}
    yield {"type": "response.output_item.done", "output_index": 0, "item": done}
    yield {"type": "response.completed", "response": finished}


def main() -> None:
    with responses_server(log=True).running() as server:
        print(server.url, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
