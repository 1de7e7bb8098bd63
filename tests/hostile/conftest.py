from __future__ import annotations

from collections.abc import Iterator

import pytest
from hostile_backends import BACKENDS, Make
from hostile_server import HostileServer
from one_worker import warm_worker as warm_worker


@pytest.fixture
def hostile() -> Iterator[HostileServer]:
    with HostileServer().running() as server:
        yield server


@pytest.fixture(params=BACKENDS)
def make(request: pytest.FixtureRequest) -> Make:
    """One way of making a backend for a URL."""
    return BACKENDS[request.param]
