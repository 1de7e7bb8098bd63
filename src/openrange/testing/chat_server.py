"""A real local server that speaks Chat Completions, and answers by the request's schema.

`python -m openrange.testing.chat_server` prints its URL and serves until it is interrupted or
terminated; with `--log` it also prints one JSON line for each request that it gets.
"""

from __future__ import annotations

import argparse
import json
import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from openrange.backends.offline.sampler import sample


@dataclass(slots=True)
class Answer:
    """One HTTP answer.

    Args:
        status: The HTTP status.
        document: What the body says, as JSON.
        headers: Header lines beside or in place of `Content-Type` and `Content-Length`.
        raw: The body's bytes, in place of `document`.
        delay: Seconds to wait before anything is sent.
        drip: Seconds between one byte of the body and the next.
        truncate_to: How many bytes of the body to send before the connection is closed.
        drop: Whether to close the connection without any answer.
    """

    status: int = 200
    document: object = None
    headers: dict[str, str] = field(default_factory=dict)
    raw: bytes | None = None
    delay: float = 0.0
    drip: float = 0.0
    truncate_to: int | None = None
    drop: bool = False


@dataclass(slots=True)
class Seen:
    """One request that arrived.

    Args:
        method: Such as `POST`.
        path: The path with its query.
        headers: The header lines, by names such as `X-Api-Key`, however they were written.
        body: The parsed JSON body.
    """

    method: str
    path: str
    headers: dict[str, str]
    body: dict[str, object]

    @property
    def messages(self) -> list[dict[str, str]]:
        """The conversation of a Chat Completions request."""
        return self.body["messages"]  # type: ignore[return-value]

    @property
    def schema(self) -> Mapping[str, object] | None:
        """The schema of a Chat Completions request that asks for structured output."""
        response_format: Any = self.body.get("response_format") or {}
        schema: Mapping[str, object] | None = response_format.get("json_schema", {}).get("schema")
        return schema


def completion(content: str | None, /, **changes: object) -> dict[str, object]:
    """A Chat Completions response.

    Args:
        content: The text of the reply.
        **changes: Fields of the one choice's message; `finish_reason` is the choice's own.

    Returns:
        The response, as JSON.
    """
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
    """What a model that follows the schema would say.

    Args:
        seen: The request.

    Returns:
        An object that conforms to its schema, sampled with the conversation as the seed; a few
        words without one; one model where models are listed.
    """
    if seen.method == "GET":
        return Answer(
            document={"object": "list", "data": [{"id": "only-model", "object": "model"}]}
        )
    if seen.schema is None:
        return Answer(document=completion("plain text"))
    made = sample(seen.schema, json.dumps(seen.messages).encode())
    return Answer(document=completion(json.dumps(made)))


def _mistake(status: int, words: str) -> Answer:
    return Answer(status, {"error": {"message": words}})


Script = Callable[[Seen], Answer]


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def handle_error(self, *args: object) -> None:
        """A client that goes away in the middle is part of the tests."""


class ChatServer:
    """A server on loopback. Any JSON over HTTP will do for a script of your own.

    Args:
        script: Decides each answer; it may be replaced while the server runs.
        log: Whether to print each request.

    Attributes:
        seen: What arrived, the oldest first.
        origin: The server's URL without a path.
        url: The base URL of the API.
    """

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
                owner._answer(self)

            do_POST = do_GET  # noqa: N815 - the name that http.server calls

        self._server = _Server(("127.0.0.1", 0), Handler)
        self._closing = threading.Event()
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.origin}/v1"

    def _decided(self, handler: BaseHTTPRequestHandler, raw: bytes) -> Answer:
        """The script's answer; an error that says so where the request, or the script, is wrong."""
        try:
            body = json.loads(raw) if raw else {}
        except ValueError as error:
            return _mistake(400, f"the body of the request is no JSON ({error})")
        # Names are compared without regard to case (RFC 9110, section 5.1).
        headers = {name.title(): value for name, value in handler.headers.items()}
        seen = Seen(handler.command, handler.path, headers, body)
        self.seen.append(seen)
        if self.log:
            # The output of a program that exists to show them.
            print(json.dumps({"path": seen.path, "body": seen.body}), flush=True)  # noqa: T201
        try:
            return self.script(seen)
        except Exception as error:  # noqa: BLE001 - the client would see a broken connection
            return _mistake(500, f"the server's script raised {type(error).__name__}: {error}")

    def _answer(self, handler: BaseHTTPRequestHandler) -> None:
        length = int(handler.headers.get("Content-Length") or 0)
        answer = self._decided(handler, handler.rfile.read(length))
        self._closing.wait(answer.delay)
        if answer.drop:
            handler.close_connection = True
            return
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
            if self._closing.wait(answer.drip):
                return

    @contextmanager
    def running(self) -> Iterator[ChatServer]:
        """Serve for the length of a `with` block.

        Yields:
            The server itself.
        """
        thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield self
        finally:
            self._closing.set()
            self._server.shutdown()
            self._server.server_close()
            thread.join()


def main() -> None:
    """Serve until interrupted or terminated."""
    parser = argparse.ArgumentParser(
        prog="python -m openrange.testing.chat_server",
        description="A server on this machine that speaks Chat Completions. It prints its URL, and "
        "answers by each request's schema until it is interrupted or terminated.",
    )
    parser.add_argument("--log", action="store_true", help="print each request as a line of JSON")
    options = parser.parse_args()
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt), ChatServer(log=options.log).running() as server:
        print(server.url, flush=True)  # noqa: T201
        while True:
            time.sleep(3600)


if __name__ == "__main__":
    main()
