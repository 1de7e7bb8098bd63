from __future__ import annotations

import json
import sys
from typing import Any

import pytest
from broken_plugins import install_torn
from click.testing import CliRunner
from fake_plugins import FakePlugins

from openrange.cli.main import openrange
from openrange.plugins.entry_points import Unreadable, installed, scan


def problems(*command: str) -> Any:
    result = CliRunner().invoke(openrange, [*command, "--json"])
    return json.loads(result.stdout)["problems"]


def test_what_cannot_be_read_is_reported_with_the_folder_and_the_problem(
    fake_plugins: FakePlugins,
) -> None:
    said = install_torn(fake_plugins)

    for command in (["backends"], ["backends", "check"]):
        found = {item["source"]: item["problem"] for item in problems(*command)}
        assert found.keys() == said.keys()
        for folder, words in said.items():
            assert words in found[folder]
            assert "install it again, or delete the folder" in found[folder]


@pytest.mark.parametrize(
    ("file", "content"),
    [
        ("entry_points.txt", b"\xff\xfe\x80[console_scripts]"),
        ("entry_points.txt", b"acme = stands:before.any.section"),
        ("entry_points.txt", b"[console_scripts\n= = =\n"),
        ("entry_points.txt", b""),
    ],
)
def test_a_distribution_that_is_not_concerned_with_us_is_no_problem(
    fake_plugins: FakePlugins, file: str, content: bytes
) -> None:
    info = fake_plugins.install_acme()
    (info / file).write_bytes(content)
    (info / "METADATA").unlink()

    assert problems("backends") == []


def test_utf_16_is_recognized_as_ours(fake_plugins: FakePlugins) -> None:
    info = fake_plugins.install_acme()
    (info / "entry_points.txt").write_bytes("[openrange.backends]\na = b:C\n".encode("utf-16"))

    assert [item["source"] for item in problems("backends")] == [info.name]


def test_a_distribution_that_is_on_the_path_twice_is_reported_once(
    fake_plugins: FakePlugins,
) -> None:
    info = fake_plugins.install_acme()
    (info / "METADATA").unlink()
    sys.path.append(str(info.parent))
    fake_plugins.forget()

    assert [item["source"] for item in problems("backends")] == [info.name]


def test_problems_are_found_in_the_one_reading(fake_plugins: FakePlugins) -> None:
    info = fake_plugins.install_acme()
    (info / "METADATA").unlink()
    assert "acme" not in {entry.name for entry in installed()}
    info.joinpath("METADATA").write_text("Name: openrange-acme\n", "utf-8")

    (found,) = scan().unreadable

    assert isinstance(found, Unreadable)
    assert found.folder == info.name
