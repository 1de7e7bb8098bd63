"""The page for authors of packs says what is so."""

from __future__ import annotations

import inspect
import pkgutil
import re
from pathlib import Path

import pytest

from openrange.scaffold.pack import pack_files, plan_pack
from openrange.testing import PackContract
from openrange.worlds import Bounds, Request

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publish-a-pack.md").read_text("utf-8")
NAMES = sorted(set(re.findall(r"`(openrange(?:\.\w+)+)", PAGE)) - {"openrange.packs"})
FILES = pack_files(plan_pack("acme"))


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_examples_are_the_files_that_are_written() -> None:
    assert blocks("python") == [
        FILES["src/openrange_pack_acme/pack.py"],
        FILES["src/openrange_pack_acme/serve.py"],
        FILES["tests/test_acme.py"],
    ]
    assert blocks("toml")[0] in FILES["pyproject.toml"]


@pytest.mark.parametrize("name", NAMES)
def test_each_name_that_it_gives_exists(name: str) -> None:
    assert pkgutil.resolve_name(name) is not None


def test_its_rules_and_the_failure_that_it_shows_are_those_of_the_kit() -> None:
    rules = PackContract.rules()
    listed = PAGE.partition("The rules:\n\n")[2].partition("\n\n")[0]
    entries = [" ".join(entry.split()) for entry in re.split(r"^- ", listed, flags=re.M) if entry]
    assert entries == [f"`{name}`: {rules[name].says}" for name in sorted(rules)]
    (shown,) = blocks("text")
    stated = rules["pack-twins"]
    words = " ".join(shown.split())
    assert words.startswith(f"the rule 'pack-twins' is broken the rule: {stated.says} seen: ")
    assert words.endswith(f" to meet it: {stated.meet}")


def names_in(title: str) -> set[str]:
    """The names in the first column of a table."""
    table = PAGE.partition(f"| {title} |")[2].partition("\n\n")[0]
    firsts = [line.split("|")[1] for line in table.splitlines()[2:]]
    return {name for first in firsts for name in re.findall(r"`(\w+)`", first)}


def test_its_tables_name_what_there_is() -> None:
    assert names_in("bound") == set(inspect.signature(Bounds).parameters)
    assert names_in("of the `Request`") == set(inspect.signature(Request).parameters)
