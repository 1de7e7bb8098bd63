"""The page on worlds says what is so."""

from __future__ import annotations

import re
from pathlib import Path

from openrange.packs.webapp import doors
from openrange.packs.webapp.hiding import Hiding
from openrange.packs.webapp.weaknesses import context, contexts_of

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "worlds.md").read_text("utf-8")


def rows(title: str) -> list[list[str]]:
    """The cells of a table whose first column has this title."""
    table = PAGE.partition(f"\n| {title} |")[2].partition("\n\n")[0]
    lines = table.splitlines()[2:]
    return [[cell.strip(" `") for cell in line.strip("|").split("|")] for line in lines]


def test_its_doors_and_hiding_places_are_those_of_a_portal() -> None:
    named = [name.strip(" `") for row in rows("door") for name in row[0].split(",")]
    assert sorted(named) == sorted([*(door.__name__ for door in doors.DOORS.values()), "Session"])
    section = PAGE.partition("## Hiding places")[2].partition("##")[0]
    assert sorted(re.findall(r"`(\w+)`", section)) == sorted(Hiding.__slots__)


def test_its_weaknesses_are_those_that_there_are() -> None:
    assert rows("class") == [
        [weakness, name, context(weakness, name).FOR_PEOPLE]
        for weakness, names in contexts_of().items()
        for name in names
    ]


def test_its_context_is_the_one_that_a_test_plants_and_solves() -> None:
    more = Path(__file__).parent / "more" / "openrange_weaknesses"
    (example,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    assert example == (more / "forgotten_switch" / "debug.py").read_text("utf-8")
