from __future__ import annotations

from contextlib import suppress

import pytest
from hostile_backends import Make
from hostile_server import HostileServer, Line

from openrange import LLMBackendError, LLMRequest

PLAIN = LLMRequest("Where?")
KEY = "own-key-of-the-provider-0123456789"


def redirecting(target: str, status: str = "307 Temporary Redirect") -> HostileServer:
    """A server that sends everybody elsewhere, with the path and the query that it was asked."""

    def send_elsewhere(line: Line) -> None:
        query = f"?key={KEY}" if KEY in line.path else ""
        line.answer(b"", f"Location: {target}{query}", status=status)

    server = HostileServer()
    server.behaviours["redirects-elsewhere"] = send_elsewhere
    return server


@pytest.mark.parametrize(
    "status", ["301 Moved", "302 Found", "303 See Other", "307 Temporary", "308 Permanent"]
)
def test_no_key_crosses_a_redirect_to_another_host(
    status: str, make: Make, hostile: HostileServer
) -> None:
    elsewhere = f"{hostile.url('answers')}/chat/completions"
    with redirecting(elsewhere, status).running() as server:
        try:
            make(server.url("redirects-elsewhere"), api_key=KEY, timeout=20).complete(PLAIN)
        except LLMBackendError as error:
            assert KEY not in str(error)
    assert KEY.encode() in b"".join(server.seen)
    assert KEY.encode() not in b"".join(hostile.seen)


@pytest.mark.parametrize("host", ["localhost", "127.0.0.1.", "[::1]"])
def test_no_key_crosses_a_redirect_to_another_name_of_the_same_port(host: str, make: Make) -> None:
    server = HostileServer()
    with server.running():
        port = server.origin.rpartition(":")[2]
        elsewhere = f"Location: http://{host}:{port}/answers/elsewhere"
        server.behaviours["redirects"] = lambda line: line.answer(
            b"", elsewhere, status="307 Temporary Redirect"
        )
        with suppress(LLMBackendError):
            make(server.url("redirects"), api_key=KEY, timeout=20).complete(PLAIN)
    first, *others = [head for head in server.seen if b"/api/show " not in head]
    assert KEY.encode() in first
    assert KEY.encode() not in b"".join(others)


def test_a_redirect_within_a_host_is_followed_with_the_key(make: Make) -> None:
    server = HostileServer()
    server.behaviours["redirects"] = lambda line: line.answer(
        b"", "Location: /answers/here", status="308 Permanent Redirect"
    )
    with server.running():
        try:
            make(server.url("redirects"), api_key=KEY, timeout=20).complete(PLAIN)
        except LLMBackendError as error:
            # The reply is one of OpenAI's shape.
            assert error.status is None
            assert error.kind != "rejected"
    assert server.seen[-1].startswith(b"POST /answers/here ")
    assert KEY.encode() in server.seen[-1]


def test_a_redirect_to_another_host_is_told(make: Make, hostile: HostileServer) -> None:
    with redirecting("https://elsewhere.example/v1").running() as server:
        with pytest.raises(LLMBackendError) as caught:
            make(server.url("redirects-elsewhere"), api_key=KEY, timeout=20).complete(PLAIN)
    assert (caught.value.kind, caught.value.status) in {("rejected", 307), ("connection", None)}


def test_redirects_without_end_are_few(make: Make, hostile: HostileServer) -> None:
    with pytest.raises(LLMBackendError, match="more than 5 redirects"):
        make(hostile.url("redirects-in-a-loop"), api_key=KEY, timeout=20).complete(PLAIN)
    questions = [head for head in hostile.seen if b"/api/show " not in head]
    assert len(questions) <= 7
