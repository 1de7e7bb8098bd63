from __future__ import annotations

import json

from click.testing import CliRunner
from fake_plugins import FakePlugins

from openrange.cli.main import openrange


def problems() -> list[str]:
    result = CliRunner().invoke(openrange, ["backends", "--json"])
    return [item["problem"] for item in json.loads(result.stdout)["problems"]]


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
