from __future__ import annotations

import inspect
from collections.abc import Iterator
from typing import Any

import pytest
import respx
from confined import no_way_out as no_way_out
from openrange_litellm.library import load


@pytest.fixture(autouse=True)
def _no_connection_left_open() -> Iterator[None]:
    """LiteLLM keeps a client for each address and key, and its connection, for ten minutes."""
    yield
    cache = load().in_memory_llm_clients_cache
    for client in list(cache.cache_dict.values()):
        if not inspect.iscoroutinefunction(client.close):
            client.close()
    cache.flush_cache()


@pytest.fixture
def providers() -> Iterator[respx.MockRouter]:
    """The network of the providers: whatever is asked there has to be routed first."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def litellm() -> Any:
    return load()
