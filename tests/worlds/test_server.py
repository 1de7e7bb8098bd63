from __future__ import annotations

import re
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from openrange.worlds import Bounds, Request, Response
from openrange.worlds.server import Server


@contextmanager
def serving(
    answer: Callable[[Request], Response] = lambda request: Response(request.path),
    bounds: Bounds | None = None,
) -> Iterator[Server]:
    server = Server(answer, bounds)
    threading.Thread(target=server.run, daemon=True).start()
    yield server


def connected(server: Server) -> socket.socket:
    return socket.create_connection(("127.0.0.1", server.port), timeout=20)


def asking(server: Server, line: str = "GET / HTTP/1.1", *headers: str, body: bytes = b"") -> bytes:
    host = f"Host: 127.0.0.1:{server.port}"
    return "\r\n".join([line, host, *headers, "", ""]).encode("latin-1") + body


def answered(connection: socket.socket) -> tuple[int, bytes]:
    head = b""
    while not head.endswith(b"\r\n\r\n"):
        head += connection.recv(1) or pytest.fail(f"the answer ends after {head!r}")
    length = int(re.findall(rb"Content-Length: (\d+)", head)[0])
    return int(head.split()[1]), connection.recv(length, socket.MSG_WAITALL) if length else b""


def asked(server: Server, *request: str, body: bytes = b"") -> tuple[int, bytes]:
    with connected(server) as connection:
        connection.sendall(asking(server, *request, body=body))
        return answered(connection)


def test_a_connection_is_kept_and_may_ask_again_before_it_is_answered() -> None:
    with serving() as server, connected(server) as connection:
        connection.sendall(asking(server, "GET /a HTTP/1.1") + asking(server, "GET /b HTTP/1.1"))
        assert [answered(connection), answered(connection)] == [(200, b"/a"), (200, b"/b")]
        connection.sendall(asking(server, "GET /c HTTP/1.1", "Connection: close"))
        assert answered(connection) == (200, b"/c")
        assert connection.recv(1) == b""


def test_an_answer_comes_in_one_piece() -> None:
    with serving(lambda request: Response("x" * 1000)) as server, connected(server) as connection:
        for _ in range(20):
            connection.sendall(asking(server))
            assert connection.recv(10_000).endswith(b"x" * 1000)


@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_head_is_answered_as_get_without_the_body(method: str) -> None:
    with serving(lambda request: Response(request.method)) as server:
        with connected(server) as connection:
            connection.sendall(asking(server, f"{method} / HTTP/1.1", "Connection: close"))
            raw = b"".join(iter(lambda: connection.recv(1000), b""))
    assert b"Content-Length: 3\r\n" in raw
    assert raw.endswith(b"GET" if method == "GET" else b"\r\n\r\n")


def _drip(connection: socket.socket, until: float) -> None:
    while time.monotonic() < until:
        connection.sendall(b"a")
        time.sleep(0.05)


@pytest.mark.parametrize(
    "beginning",
    [
        "GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nX: ",
        "POST / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nContent-Length: 5000\r\n\r\n",
    ],
    ids=["head", "body"],
)
def test_a_request_that_drips_has_one_deadline_for_all_of_it(beginning: str) -> None:
    with serving(bounds=Bounds(seconds=1.0)) as server, connected(server) as connection:
        connection.sendall(beginning.replace("{port}", str(server.port)).encode())
        started = time.monotonic()
        with pytest.raises(OSError, match=r"reset|Broken pipe"):
            _drip(connection, started + 20)


def test_whoever_does_not_read_an_answer_holds_no_thread_beyond_the_deadline() -> None:
    before = threading.active_count()
    bounds = Bounds(seconds=1.0, connections=4)
    with serving(lambda request: Response("x" * 900_000), bounds) as server:
        slow = [connected(server) for _ in range(12)]
        for connection in slow:
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
            connection.sendall(asking(server) * 8)
        assert threading.active_count() - before <= 1 + 4
        assert asked(server)[0] == 200
        for connection in slow:
            connection.close()


def test_a_newcomer_takes_the_place_of_the_connection_that_was_silent_the_longest() -> None:
    with serving(bounds=Bounds(connections=2)) as server:
        kept = []
        for path in ("/first", "/second", "/third"):
            kept.append(connected(server))
            kept[-1].sendall(asking(server, f"GET {path} HTTP/1.1"))
            assert answered(kept[-1]) == (200, path.encode())
            time.sleep(0.05)
        assert kept[0].recv(1) == b""
        kept[2].sendall(asking(server, "GET /again HTTP/1.1"))
        assert answered(kept[2]) == (200, b"/again")
        for connection in kept:
            connection.close()


@pytest.mark.parametrize(
    ("line", "headers", "status"),
    [
        ("GET / HTTP/2.0", (), 400),
        ("GET /", (), 400),
        ("get / HTTP/1.1", (), 501),
        ("GET http://evil.example/ HTTP/1.1", (), 400),
        ("GET / HTTP/1.1", ("No colon",), 400),
        ("GET / HTTP/1.1", ("Spaced : x",), 400),
        ("GET / HTTP/1.1", (" folded: x",), 400),
        ("GET / HTTP/1.1", ("X: a\x00b",), 400),
        ("POST / HTTP/1.1", ("Content-Length: 1", "Content-Length: 2"), 400),
        ("POST / HTTP/1.1", ("Content-Length: +1",), 411),
        ("POST / HTTP/1.1", ("Content-Length: 99999999999999",), 411),
        ("POST / HTTP/1.1", ("Content-Length: 99999999999",), 413),
        ("GET /?" + "a&" * 51 + " HTTP/1.1", (), 400),
        ("GET / HTTP/1.1", ("Host: 127.0.0.1:1",), 421),
    ],
)
def test_a_request_that_is_malformed_is_refused(
    line: str, headers: tuple[str, ...], status: int
) -> None:
    with serving() as server:
        assert asked(server, line, *headers)[0] == status


def test_a_request_is_told_as_it_came() -> None:
    seen: list[Request] = []

    def answer(request: Request) -> Response:
        seen.append(request)
        return Response()

    with serving(answer) as server:
        form = b"name=A+B%21&name2=%E2%82%AC%zz%4&x"
        lines = ["Cookie: a=1; b=2", f"Content-Length: {len(form)}"]
        asked(server, "POST /%41%ff//x%2fy?q=%C3%A9+1&q2 HTTP/1.1", *lines, body=form)
        document = b'{"a": [1]}'
        lines = ["Content-Type: application/json", f"Content-Length: {len(document)}"]
        asked(server, "PATCH / HTTP/1.1", *lines, body=document)
        with connected(server) as connection:
            request = asking(server).replace(b"127.0.0.1", b"Files.localhost")
            connection.sendall(request)
            answered(connection)
    first, second, third = seen
    assert (first.method, first.path, first.raw_path) == ("POST", "/A\ufffd//x/y", "/%41%ff//x%2fy")
    assert first.query == {"q": "\u00e9 1", "q2": ""}
    assert first.form == {"name": "A B!", "name2": "\u20ac%zz%4", "x": ""}
    assert (first.cookie("a"), first.cookie("b"), first.cookie("c")) == ("1", "2", "")
    assert (second.method, second.json(), second.form) == ("PATCH", {"a": [1]}, {})
    assert (first.service, third.service) == ("", "files")


def test_an_answer_cannot_begin_another_header_and_is_bounded() -> None:
    def answer(request: Request) -> Response:
        if request.path == "/large":
            return Response("x" * 101)
        return Response(headers={"X-Said": "a\r\nSet-Cookie: b=1"})

    with serving(answer, Bounds(answer_bytes=100)) as server:
        with connected(server) as connection:
            connection.sendall(asking(server))
            assert b"X-Said: aSet-Cookie: b=1\r\n" in connection.recv(10_000)
        assert asked(server, "GET /large HTTP/1.1")[0] == 500


def test_a_failure_ends_one_request_and_says_where_without_a_word_of_it(
    capfd: pytest.CaptureFixture[str],
) -> None:
    def answer(request: Request) -> Response:
        raise ValueError(request.path)

    with serving(answer) as server:
        assert asked(server, "GET /secret HTTP/1.1")[0] == 500
        assert asked(server, "GET /secret HTTP/1.1")[0] == 500
    said = capfd.readouterr().err
    assert "ValueError in a request" in said
    assert "test_server.py" in said
    assert "secret" not in said


def test_a_client_that_waits_to_be_asked_for_its_body_is_asked() -> None:
    with serving(lambda request: Response(request.body)) as server:
        with connected(server) as connection:
            lines = ["Content-Length: 5", "Expect: 100-continue"]
            connection.sendall(asking(server, "POST / HTTP/1.1", *lines))
            assert connection.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
            connection.sendall(b"hello")
            assert answered(connection) == (200, b"hello")
