from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import in_process
import pytest
import respx
from confined import no_way_out as no_way_out


@pytest.fixture(autouse=True)
def _in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    with in_process.in_process(monkeypatch):
        yield


@pytest.fixture
def providers() -> Iterator[respx.MockRouter]:
    """The network of the providers: whatever is asked there has to be routed first."""
    with respx.mock(assert_all_called=False) as router:
        yield router


@pytest.fixture
def litellm() -> Any:
    return in_process.litellm()
