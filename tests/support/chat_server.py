"""A real local server that speaks Chat Completions, and answers by the request's schema.

Run as a program it prints its URL, then one JSON line for each request that it gets.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from openrange.llm.sampler import sample


@dataclass
class Answer:
    """One HTTP answer. `drip` sends the body a byte at a time, with so many seconds between."""

    status: int = 200
    document: object = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay: float = 0.0
    drip: float = 0.0
    truncate_to: int | None = None


@dataclass
class Seen:
    """One request that arrived."""

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object]

    @property
    def messages(self) -> list[dict[str, str]]:
        return self.body["messages"]  # type: ignore[return-value]

    @property
    def schema(self) -> Mapping[str, object] | None:
        response_format = self.body.get("response_format") or {}
        return response_format.get("json_schema", {}).get("schema")  # type: ignore[attr-defined]


def completion(content: str | None, /, **changes: object) -> dict[str, object]:
    """A Chat Completions response; `changes` replace fields of its one choice's message."""
    finish = changes.pop("finish_reason", "stop")
    message = {"role": "assistant", "content": content, **changes}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1,
        "model": "test-model",
        "choices": [{"index": 0, "message": message, "finish_reason": finish}],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18},
    }


def answer_by_schema(seen: Seen) -> Answer:
    """What a model that follows the schema would say."""
    if seen.method == "GET":
        return Answer(
            document={"object": "list", "data": [{"id": "only-model", "object": "model"}]}
        )
    if seen.schema is None:
        return Answer(document=completion("plain text"))
    made = sample(seen.schema, json.dumps(seen.messages).encode())
    return Answer(document=completion(json.dumps(made)))


Script = Callable[[Seen], Answer]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *args: object) -> None:
        """A client that goes away in the middle is part of the tests."""


class ChatServer:
    """The server. `script` decides each answer; `seen` holds what arrived."""

    def __init__(self, script: Script = answer_by_schema, log: bool = False) -> None:
        self.script = script
        self.seen: list[Seen] = []
        self.log = log
        owner = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def log_message(self, *args: object) -> None:
                pass

            def do_GET(self) -> None:
                owner.answer(self)

            do_POST = do_GET

        self._server = _Server(("127.0.0.1", 0), Handler)
        self.closing = threading.Event()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.origin}/v1"

    def answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        raw = handler.rfile.read(length)
        body = json.loads(raw) if raw else {}
        seen = Seen(handler.command, handler.path, dict(handler.headers.items()), body)
        self.seen.append(seen)
        if self.log:
            print(json.dumps({"path": seen.path, "body": seen.body}), flush=True)
        answer = self.script(seen)
        self.closing.wait(answer.delay)
        content = answer.raw if answer.raw is not None else json.dumps(answer.document).encode()
        handler.send_response(answer.status)
        headers = {"Content-Type": "application/json", "Content-Length": str(len(content))}
        for name, value in (headers | answer.headers).items():
            handler.send_header(name, value)
        handler.end_headers()
        if answer.truncate_to is not None:
            content = content[: answer.truncate_to]
            handler.close_connection = True
        if not answer.drip:
            handler.wfile.write(content)
            return
        for byte in content:
            handler.wfile.write(bytes([byte]))
            handler.wfile.flush()
            if self.closing.wait(answer.drip):
                return

    @contextmanager
    def running(self) -> Iterator[ChatServer]:
        thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self.closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def main() -> None:
    with ChatServer(log="--log" in sys.argv).running() as server:
        print(server.url, flush=True)
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
