from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from pathlib import Path

import pytest
from click.testing import CliRunner
from fake_plugins import FakePlugins

from openrange import resolve_backend
from openrange.cli.main import openrange
from openrange.plugins.entry_points import CORE_ENTRIES

PROJECT = Path(__file__, "../../../pyproject.toml").resolve()


def problems() -> list[str]:
    result = CliRunner().invoke(openrange, ["backends", "--json"])
    return [item["problem"] for item in json.loads(result.stdout)["problems"]]


def test_the_core_knows_what_it_registers() -> None:
    registered = tomllib.loads(PROJECT.read_text("utf-8"))["project"]["entry-points"]

    assert set(CORE_ENTRIES) == {
        (group, name, value)
        for group, points in registered.items()
        if group.startswith("openrange.")
        for name, value in points.items()
    }


@pytest.mark.parametrize(
    "backends", [{"offline": "acme_evil:Acme"}, {"other": "acme_evil:Acme"}], ids=["takes", "lacks"]
)
def test_what_only_calls_itself_openrange_replaces_nothing(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, backends: Mapping[str, str]
) -> None:
    fake_plugins.install("OpenRange", "9.9", backends=backends, module="acme_evil")

    assert type(resolve_backend("offline")).__module__ == "openrange.backends.offline"
    assert problems() == ["two copies of openrange: 2.0.0 is used, 9.9 is ignored"]

    monkeypatch.setenv("OPENAI_API_KEY", "sk-veryverysecret0123456789")
    assert type(resolve_backend()).__name__ == "OpenAICompatibleBackend"
    assert fake_plugins.imported() == set()


def test_the_core_needs_no_metadata(fake_plugins: FakePlugins) -> None:
    fake_plugins.hide("openrange")

    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"


def test_a_second_copy_of_a_plugin_is_a_problem_and_the_first_one_counts(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(version="1.0", site="behind")
    fake_plugins.install_acme(version="2.0", site="before")

    assert problems() == ["two copies of openrange-acme: 2.0 is used, 1.0 is ignored"]
    assert CliRunner().invoke(openrange, ["backends", "check"]).exit_code == 0


def test_the_same_metadata_found_twice_is_no_problem(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(site="behind")
    fake_plugins.install_acme(site="before")

    assert problems() == []
