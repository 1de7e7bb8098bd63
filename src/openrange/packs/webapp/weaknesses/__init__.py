"""The classes of weakness that a portal can have, one module each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

from openrange.packs.webapp.places import Places
from openrange.packs.webapp.weaknesses import (
    forged_session,
    insecure_direct_object_reference,
    sql_injection,
)
from openrange.packs.webapp.world import World
from openrange.worlds.visitor import Visitor

__all__ = ["WEAKNESSES", "Weakness"]


class Weakness(Protocol):
    """What each module here offers, beside the weak version of its door."""

    NAME: str
    SUMMARY: str

    def hide(self, flag: str) -> Places:
        """Put the flag where this weakness exposes it."""
        ...

    def solve(self, visitor: Visitor, world: World) -> str | None:
        """Exploit the weakness over HTTP; returns the flag, or None when the door resists."""
        ...

    def visit(self, visitor: Visitor, world: World) -> None:
        """Use the same door as an honest employee would."""
        ...


WEAKNESSES: Mapping[str, Weakness] = {
    sql_injection.NAME: sql_injection,
    insecure_direct_object_reference.NAME: insecure_direct_object_reference,
    forged_session.NAME: forged_session,
}
