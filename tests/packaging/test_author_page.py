"""The page for authors says what is so."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from dataclasses import fields
from pathlib import Path

import pytest
from command_line import openrange

from openrange.errors import LLMBackendError
from openrange.llm import Ask, Reply
from openrange.testing import Sent, Turn

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publish-a-backend.md").read_text("utf-8")
NOT_PYTHON = {"openrange.toml", "openrange.backends", "openrange.detect", "openrange.packs"}
NAMES = sorted(set(re.findall(r"`(openrange(?:\.\w+)+)", PAGE)) - NOT_PYTHON)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_backend_is_the_one_that_is_written() -> None:
    assert openrange("new-backend", "acme").status == 0
    project = Path("openrange-acme")
    assert (project / "src/openrange_acme/__init__.py").read_text("utf-8") == blocks("python")[0]
    points = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert tomllib.loads(blocks("toml")[0])["project"]["entry-points"] == points["entry-points"]
    test = (project / "tests/test_acme.py").read_text("utf-8")
    for line in ('    name = "acme"', '    key_variable = "ACME_API_KEY"'):
        assert line in blocks("python")[1].splitlines()
        assert line in test.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_each_name_that_it_gives_exists(name: str) -> None:
    assert pkgutil.resolve_name(name) is not None


def test_the_failure_that_it_shows_is_one_of_the_kits() -> None:
    from openrange.testing import BackendContract

    (shown,) = blocks("text")
    words = " ".join(shown.split())
    stated = BackendContract.rules()["status"]
    assert words.startswith(f"the rule {stated.name!r} is broken the rule: {stated.says} seen: ")
    assert words.endswith(f" to meet it: {stated.meet}")


def test_the_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target


def rows(title: str) -> set[str]:
    """The names in the first column of a table."""
    _, _, table = PAGE.partition(f"| {title} |")
    (block, *_) = table.partition("\n\n")
    firsts = [line.split("|")[1] for line in block.splitlines()[2:]]
    return {name for first in firsts for name in re.findall(r"`([\w-]+)`", first)}


def test_its_tables_name_what_there_is() -> None:
    assert rows("kind") == set(LLMBackendError.KINDS)
    for kind, title in (
        (Sent, "of the `Sent`"),
        (Turn, "of the `Turn`"),
        (Reply, "of the `Reply`"),
    ):
        assert rows(title) == {field.name for field in fields(kind)} - {"limit"}, title
    assert rows("of the `Ask`") == {field.name for field in fields(Ask)}
