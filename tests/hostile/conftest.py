from __future__ import annotations

import inspect
import socket
from collections.abc import Iterator
from typing import Any

import pytest
from hostile_backends import BACKENDS, Make
from hostile_server import HostileServer
from openrange_litellm.library import load


@pytest.fixture(autouse=True)
def _no_way_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """No test of these leaves the machine, whatever LiteLLM tries."""
    look_up = socket.getaddrinfo

    def refuse(host: Any, *arguments: Any, **options: Any) -> Any:
        if host in ("127.0.0.1", "localhost", b"127.0.0.1", b"localhost"):
            return look_up(host, *arguments, **options)
        raise socket.gaierror(socket.EAI_NONAME, f"no network in tests: {host!r}")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)


@pytest.fixture(autouse=True)
def _no_connection_left_open() -> Iterator[None]:
    litellm = load()
    yield
    cache = litellm.in_memory_llm_clients_cache
    for client in list(cache.cache_dict.values()):
        if not inspect.iscoroutinefunction(client.close):
            client.close()
    cache.flush_cache()


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    with HostileServer().running() as server:
        yield server


@pytest.fixture(params=BACKENDS)
def make(request: pytest.FixtureRequest) -> Make:
    """One way of making a backend for a URL."""
    return BACKENDS[request.param]
