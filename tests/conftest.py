from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from openrange.testing.chat_server import ChatServer

pytest_plugins = ["openrange.testing.pytest_plugin"]

KEPT = {"OPENRANGE_AIMOCK", "OPENRANGE_CLAUDE_COMMAND", "OPENRANGE_CODEX_COMMAND"}
LONGEST = {"packaging", "sweep", "testing"}
"""The folders whose files take longest: last, one of them would keep one worker busy alone."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: item.path.parent.name not in LONGEST)


@pytest.fixture(autouse=True)
def _clean_surroundings(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No key, proxy or configuration of the machine reaches a test; the directory is empty."""
    for name in list(os.environ):
        is_key = name.upper().endswith(("_API_KEY", "_PROXY", "_TOKEN", "_BASE_URL", "_API_BASE"))
        is_setting = name.startswith(("OPENRANGE_", "AWS_", "CODEX_", "OLLAMA_", "VERTEX"))
        if (is_key or is_setting) and name not in KEPT:
            monkeypatch.delenv(name)
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(home / ".config"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))
    work = tmp_path / "work"
    work.mkdir()
    monkeypatch.chdir(work)


@pytest.fixture
def server() -> Iterator[ChatServer]:
    with ChatServer().running() as running:
        yield running
