from __future__ import annotations

import socket
from collections.abc import Iterator
from contextlib import closing
from typing import Any

import in_process
import pytest
from provider_wire import Wire


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with in_process.in_process(monkeypatch):
        yield


@pytest.fixture(autouse=True)
def looked_up(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Every host that was looked up, past the wire. All of them are at a closed port of this
    machine, and a connection to anywhere else fails the test.
    """
    hosts: list[str] = []
    strays: list[object] = []
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    with closing(socket.socket()) as closed:
        closed.bind(("127.0.0.1", 0))  # and it never listens
        refusing = closed.getsockname()

        def look_up(host: Any, *arguments: Any, **options: Any) -> list[Any]:
            hosts.append(host.decode() if isinstance(host, bytes) else str(host))
            return [(socket.AF_INET, socket.SOCK_STREAM, socket.IPPROTO_TCP, "", refusing)]

        def guarded(connect: Any) -> Any:
            def at_home(self: socket.socket, address: Any) -> Any:
                if address != refusing:
                    strays.append(address)
                return connect(self, refusing)

            return at_home

        monkeypatch.setattr(socket, "getaddrinfo", look_up)
        for name in ("connect", "connect_ex"):
            monkeypatch.setattr(socket.socket, name, guarded(getattr(socket.socket, name)))
        yield hosts
    assert not strays


@pytest.fixture
def wire(monkeypatch: pytest.MonkeyPatch, looked_up: list[str]) -> Iterator[Wire]:
    """The network of every provider; nothing gets past it."""
    with Wire().in_place(monkeypatch) as stand_in:
        yield stand_in
    assert not looked_up
