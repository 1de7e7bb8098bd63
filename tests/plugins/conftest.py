from __future__ import annotations

import pytest
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins


@pytest.fixture(autouse=True)
def _core_alone(fake_plugins: FakePlugins) -> None:
    """No plugin is installed but those that a test installs."""
