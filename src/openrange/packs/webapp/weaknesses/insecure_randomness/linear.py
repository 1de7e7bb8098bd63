"""Codes of a linear congruential generator, which three of them tell whole."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.codes import CODES
from openrange.packs.webapp.weaknesses.insecure_randomness._codes import (
    Following,
    console_by,
    own_codes,
    sent_to_administrator,
    visit_codes,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "one-time codes are of a linear generator"
FOR_PEOPLE = "three codes of one's own tell the factor and the step by which the next one follows"
DOORS = ("codes", "console")
HIDES = "console"


def draw(draw: Draw) -> Mapping[str, Any]:
    """Factor and step of a generator that goes through all codes before it repeats one."""
    factor = 20 * draw.number(10_000, 400_000_000) + 1
    return {"factor": factor, "step": 10 * draw.number(10_000, 900_000_000) + draw.pick((1, 3, 7))}


def weaken(link: Link) -> Sequence[type]:
    """Codes that follow from each other."""
    facts = link["facts"]

    class Linear(Following):
        def after(self, code: int) -> int:
            following: int = facts["factor"] * code + facts["step"]
            return following

    return [Linear]


def solve(client: Client, link: Link) -> str | None:
    """Work out the factor from the differences of three codes, and so the next difference."""
    own = own_codes(client, 3)
    if len(own) < 3 or sent_to_administrator(client) is None:
        return None
    first, second = own[1] - own[0], own[2] - own[1]
    try:
        factor = second * pow(first, -1, CODES) % CODES
    except ValueError:  # the difference has no inverse: this is no such generator
        return None
    if factor == 1:  # it is counted, which is another weakness
        return None
    return console_by(client, (own[2] + factor * second) % CODES)


visit = visit_codes
