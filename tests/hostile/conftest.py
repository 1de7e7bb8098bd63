from __future__ import annotations

import inspect
from collections.abc import Iterator

import pytest
from confined import no_way_out as no_way_out
from hostile_backends import BACKENDS, Make
from hostile_server import HostileServer
from openrange_litellm.library import load


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
