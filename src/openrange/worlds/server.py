"""The server of a world: HTTP on loopback, bounded in connections, bytes and time."""

from __future__ import annotations

import socket
import sys
import threading
import time
from collections.abc import Callable
from http import HTTPStatus

from openrange.worlds.http import (
    Head,
    RefusedError,
    Request,
    Response,
    as_bytes,
    bare,
    read_head,
    read_request,
)

HOST = "127.0.0.1"
_STACK_BYTES = 1_048_576  # of a thread; enough for the deepest JSON that Python reads


class Bounds:
    """What a world gives its visitors at most.

    Args:
        connections: How many are served at once, each by a thread. Whoever comes next takes the
            place of the connection that has been silent the longest, or waits.
        seconds: From a request's first byte to the last byte of its answer.
        idle_seconds: Between an answer and the next request.
        head_bytes: The size of a request's head.
        body_bytes: The size of a request's body.
        answer_bytes: The size of an answer's body.
    """

    def __init__(
        self,
        connections: int = 64,
        seconds: float = 10.0,
        idle_seconds: float = 30.0,
        head_bytes: int = 16_384,
        body_bytes: int = 16_384,
        answer_bytes: int = 1_000_000,
    ) -> None:
        self.connections = connections
        self.seconds = seconds
        self.idle_seconds = idle_seconds
        self.head_bytes = head_bytes
        self.body_bytes = body_bytes
        self.answer_bytes = answer_bytes


class Server:
    """Serves on a free port of the loopback interface.

    Args:
        answer: Answers a request. It is called by several threads at once.
        bounds: What visitors get at most.
    """

    def __init__(self, answer: Callable[[Request], Response], bounds: Bounds | None = None) -> None:
        self.bounds = bounds or Bounds()
        self._answer = answer
        self._listener = socket.create_server((HOST, 0), backlog=128)
        self._places = threading.Semaphore(self.bounds.connections)
        self._lock = threading.Lock()
        self._idle: dict[socket.socket, None] = {}  # those that have been silent the longest first

    @property
    def port(self) -> int:
        """Where it listens."""
        port: int = self._listener.getsockname()[1]
        return port

    def run(self) -> None:
        """Serve until the process ends."""
        threading.stack_size(_STACK_BYTES)
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:  # the client is gone already, or no file descriptor is left
                time.sleep(0.01)
                continue
            if not self._places.acquire(blocking=False):
                self._send_one_away()
                self._places.acquire()
            try:
                threading.Thread(target=self._serve, args=(connection,), daemon=True).start()
            except RuntimeError:  # the system gives no thread
                connection.close()
                self._places.release()

    def _send_one_away(self) -> None:
        with self._lock:
            for connection in self._idle:
                del self._idle[connection]
                try:  # noqa: SIM105 - what is not imported is not waited for
                    connection.shutdown(socket.SHUT_RD)  # a request on its way is answered
                except OSError:
                    pass  # the client is gone already
                return

    def _serve(self, connection: socket.socket) -> None:
        try:
            with connection:
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                wire = _Wire(connection)
                while self._has_next(wire) and self._exchange(wire):
                    pass
        except OSError:
            pass  # the client went away, or took too long
        except Exception as error:  # noqa: BLE001 - such as a response that cannot be sent
            _tell(error)
        finally:
            self._places.release()

    def _has_next(self, wire: _Wire) -> bool:
        """Wait for the first byte of a request."""
        if wire.buffer:
            return True
        with self._lock:
            self._idle[wire.connection] = None
        try:
            return wire.receive(time.monotonic() + self.bounds.idle_seconds)
        finally:
            with self._lock:
                self._idle.pop(wire.connection, None)

    def _exchange(self, wire: _Wire) -> bool:
        """Answer one request; whether there may be another one."""
        deadline = time.monotonic() + self.bounds.seconds
        keeps_alive, with_body = False, True
        try:
            head = self._head(wire, deadline)
            with_body = head.method != "HEAD"
            service = self._service(head)
            request = read_request(head, self._body(wire, head, deadline), service)
            keeps_alive, response = head.keeps_alive, self._answered(request)
        except RefusedError as refused:
            response = bare(refused.status)
        sent = as_bytes(response, keeps_alive=keeps_alive, with_body=with_body)
        wire.send(sent, deadline)
        return keeps_alive

    def _head(self, wire: _Wire, deadline: float) -> Head:
        while (end := wire.buffer.find(b"\r\n\r\n")) < 0:
            if len(wire.buffer) > self.bounds.head_bytes:
                wire.discard(deadline)
                is_target = b"\r\n" not in wire.buffer[: self.bounds.head_bytes]
                raise RefusedError(
                    HTTPStatus.REQUEST_URI_TOO_LONG
                    if is_target
                    else HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE
                )
            if not wire.receive(deadline):
                raise ConnectionError("a request broke off")
        return read_head(wire.take(end, skip=4))

    def _service(self, head: Head) -> str:
        """Which service is asked for, by a name that no page of another site can make it ask for.

        Raises:
            RefusedError: The request is for another host.
        """
        (host,) = head.hosts if len(head.hosts) == 1 else [""]
        name, _, port = host.rpartition(":")
        if port == str(self.port) and (name in (HOST, "localhost") or name.endswith(".localhost")):
            return name.removesuffix(".localhost") if name.endswith(".localhost") else ""
        raise RefusedError(HTTPStatus.MISDIRECTED_REQUEST)

    def _body(self, wire: _Wire, head: Head, deadline: float) -> bytes:
        length = head.length
        if length > self.bounds.body_bytes:
            wire.discard(deadline, length)
            raise RefusedError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        if length > len(wire.buffer) and head.headers.get("expect", "").lower() == "100-continue":
            wire.send(b"HTTP/1.1 100 Continue\r\n\r\n", deadline)
        while len(wire.buffer) < length:
            if not wire.receive(deadline):
                raise ConnectionError("a body broke off")
        return wire.take(length)

    def _answered(self, request: Request) -> Response:
        try:
            response = self._answer(request)
        except RefusedError:
            raise
        except Exception as error:  # noqa: BLE001 - one request must not end the world
            _tell(error)
        else:
            if len(response.body) <= self.bounds.answer_bytes:
                return response
        return bare(HTTPStatus.INTERNAL_SERVER_ERROR)


class _Wire:
    """The bytes of a connection."""

    MOST_DISCARDED = 262_144

    def __init__(self, connection: socket.socket) -> None:
        self.connection = connection
        self.buffer = bytearray()

    def receive(self, deadline: float) -> bool:
        """Wait for bytes; False at their end."""
        self.connection.settimeout(_left(deadline))
        chunk = self.connection.recv(65_536)
        self.buffer += chunk
        return bool(chunk)

    def take(self, count: int, skip: int = 0) -> bytes:
        """Take so many bytes, and drop as many more."""
        taken = bytes(self.buffer[:count])
        del self.buffer[: count + skip]
        return taken

    def discard(self, deadline: float, count: int = MOST_DISCARDED) -> None:
        """Read on: to close a connection with bytes unread can cost the client the reply."""
        left = min(count, self.MOST_DISCARDED) - len(self.buffer)
        self.connection.settimeout(min(0.2, _left(deadline)))
        try:
            while left > 0 and (chunk := self.connection.recv(65_536)):
                left -= len(chunk)
                self.connection.settimeout(min(0.2, _left(deadline)))
        except TimeoutError:
            pass  # that was all

    def send(self, data: bytes, deadline: float) -> None:
        """Send it all in one piece."""
        self.connection.settimeout(_left(deadline))
        self.connection.sendall(data)


def _left(deadline: float) -> float:
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def _tell(error: Exception) -> None:
    """Say on standard error where a request failed, without a word of the request."""
    where, trace = [], error.__traceback__
    while trace is not None:
        where.append(f"  {trace.tb_frame.f_code.co_filename}:{trace.tb_lineno}")
        trace = trace.tb_next
    sys.stderr.write("\n".join([f"{type(error).__name__} in a request", *where, ""]))
