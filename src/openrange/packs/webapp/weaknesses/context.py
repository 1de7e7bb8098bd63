"""What a context is: one way in which a weakness of its class can be had, in one file."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from openrange.packs.webapp.doors.door import Door
    from openrange.packs.webapp.doors.session import Session
    from openrange.packs.webapp.hiding import Hiding
    from openrange.packs.webapp.world import Link, World
    from openrange.worlds.draw import Draw
    from openrange.worlds.visitor import Visitor


class Context(Protocol):
    """What each file has at its top level.

    The world's process imports it as well, which has to start quickly: what only `solve` and
    `visit` need of the client is imported for type checkers alone.
    """

    FOR_MODELS: str
    """One sentence for the model that designs, on what is wrong."""
    FOR_PEOPLE: str
    """One sentence for people, on how it is exploited."""

    def draw(self, draw: Draw) -> Mapping[str, str]:
        """What differs from world to world: the link's `facts`."""
        ...

    def place(self, hiding: Hiding, value: str, link: Link) -> None:
        """Put what the weakness gives away into one of the hiding places."""
        ...

    def weaken(self, link: Link) -> type[Door] | type[Session]:
        """The weak door: a subclass of one of `openrange.packs.webapp.doors`, which it replaces."""
        ...

    def solve(
        self, visitor: Visitor, world: World, link: Link, gained: tuple[str, ...]
    ) -> str | None:
        """Exploit it over HTTP, signed in, with what the links before this one gave away.

        Returns what it gives away, or None when the door resists.
        """
        ...

    def visit(self, visitor: Visitor, world: World, link: Link) -> None:
        """Go through the same door, signed in, as an honest employee would."""
        ...
