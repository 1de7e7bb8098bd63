"""Codes that are counted up, by the same step each time."""

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

FOR_MODELS = "one-time codes are counted up"
FOR_PEOPLE = "the next code is as far from one's own as two of one's own are from each other"
DOORS = ("codes", "console")
HIDES = "console"


def draw(draw: Draw) -> Mapping[str, Any]:
    """How far codes are from each other."""
    return {"step": draw.number(2, 90_000)}


def weaken(link: Link) -> Sequence[type]:
    """Codes that are counted."""

    class Counted(Following):
        def after(self, code: int) -> int:
            step: int = link["facts"]["step"]
            return code + step

    return [Counted]


def solve(client: Client, link: Link) -> str | None:
    """Go on from two codes of one's own."""
    own = own_codes(client, 2)
    if len(own) < 2 or sent_to_administrator(client) is None:
        return None
    return console_by(client, (2 * own[1] - own[0]) % CODES)


visit = visit_codes
