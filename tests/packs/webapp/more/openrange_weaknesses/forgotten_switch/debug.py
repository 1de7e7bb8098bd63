"""A console that opens to whoever asks for its debugging view."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openrange.packs.webapp.doors.console import Console
from openrange.packs.webapp.doors.door import Visit

if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds import Draw

FOR_MODELS = "a switch for debugging, which somebody forgot, opens the console to everybody"
FOR_PEOPLE = "the console opens with a parameter in its URL"
DOORS = ("console",)
HIDES = "console"


def draw(draw: Draw) -> Mapping[str, str]:
    """The parameter's name."""
    return {"switch": draw.pick(["debug", "trace", "verbose"])}


def weaken(link: Link) -> Sequence[type]:
    """The console with the switch."""

    class Switched(Console):
        def is_allowed(self, visit: Visit) -> bool:
            return link["facts"]["switch"] in visit.request.query or super().is_allowed(visit)

    return [Switched]


def solve(client: Client, link: Link) -> str | None:
    """Try the switches."""
    for switch in ("debug", "trace", "verbose"):
        if found := client.key(client.get(client.door("console")["path"], {switch: "1"})):
            return found
    return None


def visit(client: Client, link: Link) -> None:
    """Try the console."""
    client.get(client.door("console")["path"])
