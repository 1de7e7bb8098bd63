"""What a context is: one way in which a weakness of its class can be had, in one file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw


class Context(Protocol):
    """What each file has at its top level.

    The world's process imports it as well, which has to start quickly: what only `solve` and
    `visit` need of the client is imported for type checkers alone.
    """

    FOR_MODELS: str
    """A few words for the model that designs, on what is wrong."""
    FOR_PEOPLE: str
    """One sentence for people, on how it is exploited."""
    DOORS: tuple[str, ...]
    """The kinds of doors that it takes; the first one is what is attacked."""
    HIDES: str
    """Where what it gives away is hidden: an attribute of `Hiding`."""

    def weaken(self, link: Link) -> Sequence[type]:
        """The weak doors: subclasses of those of `openrange.packs.webapp.doors`, or of `Session`,
        which they replace.
        """
        ...

    def solve(self, client: Client, link: Link) -> str | None:
        """Exploit it over HTTP, having passed the service's gate.

        Returns what it gives away, or None when the door resists.
        """
        ...

    def visit(self, client: Client, link: Link) -> None:
        """Go through the same door as an honest employee would."""
        ...


class Drawn(Protocol):
    """What a file has besides, where more differs from world to world than its service."""

    def draw(self, draw: Draw) -> Mapping[str, Any]:
        """The link's `facts`."""
        ...


class OfRecords(Protocol):
    """What a file may have besides, where it is about records."""

    SPELLINGS: tuple[str, ...]
    """How their ids may be spelled: `openrange.packs.webapp.spellings` says how they can be."""
    NESTED: bool
    """Whether their addresses have to name their owners."""


class OfSessions(Protocol):
    """What a file may have besides, where it is about sessions."""

    SESSIONS: tuple[str, ...]
    """What they may be like, of `openrange.packs.webapp.choices.SESSIONS`."""
