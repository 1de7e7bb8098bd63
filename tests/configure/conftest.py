from __future__ import annotations

from pathlib import Path

import pytest
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins


@pytest.fixture(autouse=True)
def _core_alone(fake_plugins: FakePlugins) -> None:
    """No plugin is installed but those that a test installs."""


@pytest.fixture
def signed_in_codex(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An executable `codex` on the PATH, and the account that it has stored."""
    program = tmp_path / "bin" / "codex"
    program.parent.mkdir()
    program.write_text("#!/bin/sh\nexit 0\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(program.parent), prepend=":")
    account = tmp_path / "codex-home"
    account.mkdir()
    (account / "auth.json").write_text("{}", "utf-8")
    monkeypatch.setenv("CODEX_HOME", str(account))
    return account
