"""A voucher that counts again when it is spelled otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from openrange.packs.webapp.doors.shop import Shop, plain
from openrange.packs.webapp.weaknesses.business_logic._orders import (
    bought,
    enter,
    goods,
    order_something,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a voucher counts again, spelled otherwise"
FOR_PEOPLE = "a voucher counts once for each spelling: in small letters, or with more dashes"
DOORS = ("shop",)
HIDES = "record"

FILTERS = ("case", "marks")
ROUNDS = 20


def draw(draw: Draw) -> Mapping[str, Any]:
    """Which spellings are told apart."""
    return {"filter": draw.pick(FILTERS)}


def weaken(link: Link) -> Sequence[type]:
    """The shop that finds a voucher in each spelling, and remembers the spelling."""
    by_case = link["facts"]["filter"] == "case"

    class Forgetful(Shop):
        def remembered(self, code: str) -> str:
            # The planted weakness: it is told apart by what does not matter where it is found.
            return "".join(filter(str.isalnum, code)) if by_case else code.upper()

    return [Forgetful]


def solve(client: Client, link: Link) -> str | None:
    """Enter the voucher, in one spelling after the other."""
    code = client.door("shop")["facts"]["code"]
    _, dear = goods(client)
    for name in FILTERS:
        before = enter(client, code)
        for spelling in spellings(name, code):
            now = enter(client, spelling)
            if now <= before:
                break
            before = now
        if found := bought(client, dear):
            return found
    return None


def spellings(name: str, code: str) -> Iterator[str]:
    """Other spellings of a voucher: with one small letter and two, or with more dashes."""
    letters = plain(code)
    for number in range(1, ROUNDS):
        if name == "marks":
            yield letters[0] + "-" * (number + 1) + letters[1:]
        else:
            yield "".join(
                each.lower() if number >> place & 1 else each for place, each in enumerate(code)
            )


visit = order_something
