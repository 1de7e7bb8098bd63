"""A server below HTTP, which does with a connection whatever a test wants.

The first part of a path names what is done: `server.url("hang")` is a base URL under which every
request is left without an answer.
"""

from __future__ import annotations

import gzip
import json
import socket
import struct
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from openrange.testing.chat_server import completion

OK = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
MEGABYTE = b" " * 1_000_000


@dataclass
class Line:
    """One connection, after a request has arrived on it."""

    connection: socket.socket
    closing: threading.Event
    path: str
    head: bytes

    def say(self, *pieces: bytes, pause: float = 0.0) -> None:
        """Send pieces, with so many seconds in between."""
        for piece in pieces:
            self.connection.sendall(piece)
            if pause:
                self.closing.wait(pause)

    def answer(self, content: bytes, *headers: str, status: str = "200 OK") -> None:
        """Send a whole answer and keep the connection."""
        lines = [f"HTTP/1.1 {status}", f"Content-Length: {len(content)}", *headers]
        self.say("\r\n".join([*lines, "", ""]).encode() + content)

    def hang(self) -> None:
        """Wait for the end of the test."""
        self.closing.wait(120)

    def reset(self) -> None:
        """Close with an RST in the place of a FIN."""
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.connection.close()


Behaviour = Callable[[Line], None]

REPLY = json.dumps(completion("Lisbon.")).encode()


def _endless(line: Line, piece: bytes) -> None:
    while not line.closing.is_set():
        line.say(piece)


def _bomb() -> bytes:
    """A gigabyte of spaces, in a megabyte."""
    return gzip.compress(b" " * 1_000_000, 6) * 1000


BEHAVIOURS: Mapping[str, Behaviour] = {
    "answers": lambda line: line.answer(REPLY),
    "hangs": lambda line: line.hang(),
    "drips-the-status": lambda line: line.say(*[b"H"] * 600, pause=0.05),
    "drips-the-headers": lambda line: line.say(OK, *[b"X-A: b\r\n"] * 600, pause=0.05),
    "drips-the-body": lambda line: line.say(OK + b"\r\n", *[b" "] * 600, pause=0.05),
    "hangs-in-the-body": lambda line: (
        line.say(OK + b"Content-Length: 100\r\n\r\n{"),
        line.hang(),
    )[0],
    "resets": lambda line: line.reset(),
    "resets-in-the-body": lambda line: (
        line.say(OK + b"Content-Length: 1000\r\n\r\n" + REPLY[:50]),
        line.closing.wait(0.1),
        line.reset(),
    )[0],
    "closes": lambda line: None,
    "speaks-ssh": lambda line: line.say(b"SSH-2.0-OpenSSH_9.2\r\n"),
    "sends-less": lambda line: line.say(OK + b"Content-Length: 100\r\n\r\n{}"),
    "sends-more": lambda line: line.say(OK + b"Content-Length: 20\r\n\r\n" + REPLY),
    "breaks-a-chunk": lambda line: line.say(OK + b"Transfer-Encoding: chunked\r\n\r\nff\r\n{"),
    "sends-no-chunk": lambda line: line.say(OK + b"Transfer-Encoding: chunked\r\n\r\nxyz\r\n"),
    "sends-a-long-header": lambda line: line.say(OK + b"X: " + b"y" * 1_000_000 + b"\r\n\r\n"),
    "sends-endless-headers": lambda line: (line.say(OK), _endless(line, b"X-A: b\r\n" * 1000))[0],
    "sends-200-MB": lambda line: line.say(OK + b"\r\n", *[MEGABYTE] * 200),
    "announces-200-MB": lambda line: line.say(
        OK + b"Content-Length: 200000000\r\n\r\n", *[MEGABYTE] * 200
    ),
    "sends-200-MB-in-chunks": lambda line: line.say(
        OK + b"Transfer-Encoding: chunked\r\n\r\n", *[b"f4240\r\n" + MEGABYTE + b"\r\n"] * 200
    ),
    "sends-200-MB-of-an-error": lambda line: line.say(
        b"HTTP/1.1 500 Oops\r\n\r\n", *[MEGABYTE] * 200
    ),
    "sends-a-million-lists": lambda line: line.answer(
        b'{"choices": [' + b"[]," * 1_000_000 + b"0]}"
    ),
    "sends-a-gzip-bomb": lambda line: line.answer(_bomb(), "Content-Encoding: gzip"),
    "redirects-in-a-loop": lambda line: line.answer(
        b"", f"Location: {line.path}", status="307 Temporary Redirect"
    ),
    "redirects-to-nowhere": lambda line: line.answer(
        b"", "Location: http://[nowhere", status="307 Temporary Redirect"
    ),
}
"""What a server may do, by name. Only the first is what it should do."""


@dataclass
class HostileServer:
    """The server. `seen` holds the head of every request."""

    behaviours: dict[str, Behaviour] = field(default_factory=lambda: dict(BEHAVIOURS))
    seen: list[bytes] = field(default_factory=list)

    @contextmanager
    def running(self) -> Iterator[HostileServer]:
        self._closing = threading.Event()
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=256)
        accepting = threading.Thread(target=self._serve, daemon=True)
        accepting.start()
        try:
            yield self
        finally:
            self._closing.set()
            self._listener.shutdown(socket.SHUT_RDWR)
            accepting.join(10)
            self._listener.close()

    @property
    def origin(self) -> str:
        return f"http://127.0.0.1:{self._listener.getsockname()[1]}"

    def url(self, name: str) -> str:
        """The base URL under which a behaviour is met."""
        assert name in self.behaviours
        return f"{self.origin}/{name}/v1"

    def _serve(self) -> None:
        talks: list[tuple[socket.socket, threading.Thread]] = []
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                break
            thread = threading.Thread(target=self._talk, args=[connection], daemon=True)
            talks.append((connection, thread))
            thread.start()
        for connection, thread in talks:
            with suppress(OSError):  # it is closed already
                connection.shutdown(socket.SHUT_RDWR)
            thread.join(10)

    def _talk(self, connection: socket.socket) -> None:
        connection.settimeout(10)
        with connection, suppress(OSError):
            while head := _head(connection):
                self.seen.append(head)
                path = head.split(b" ", 2)[1].decode()
                name = path.split("/")[1]
                self.behaviours[name](Line(connection, self._closing, path, head))
                if name != "answers" and "redirects" not in name:
                    return


def _head(connection: socket.socket) -> bytes:
    """The head of a request, the body of which is read as well; nothing when there is none."""
    data = b""
    while b"\r\n\r\n" not in data:
        more = connection.recv(65_536)
        if not more:
            return b""
        data += more
    head, _, body = data.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    left = int(lengths[0].split(b":")[1]) - len(body) if lengths else 0
    while left > 0:
        left -= len(connection.recv(65_536)) or left
    return head


@contextmanager
def never_accepting() -> Iterator[str]:
    """A server that takes no connection, though the system does so for it."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield f"http://127.0.0.1:{listener.getsockname()[1]}/v1"


@contextmanager
def never_connecting() -> Iterator[str]:
    """A server whose queue is full, so that no connection comes to be."""
    with socket.create_server(("127.0.0.1", 0), backlog=0) as listener:
        address = listener.getsockname()
        waiting = [socket.socket() for _ in range(8)]
        for each in waiting:
            each.setblocking(False)
            each.connect_ex(address)
        try:
            yield f"http://127.0.0.1:{address[1]}/v1"
        finally:
            for each in waiting:
                each.close()
