"""What the user wants never to be loaded: a name, or all that a distribution registers."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from openrange.plugins.entry_points import Entry, normalized


@dataclass(frozen=True, slots=True)
class Block:
    """One word of what is blocked.

    Args:
        word: The name of a backend or pack, or that of a distribution in any spelling.
        source: Where it stands, such as `OPENRANGE_BLOCK`.
    """

    word: str
    source: str = "[plugins] block"

    def covers(self, entry: Entry) -> bool:
        """Whether it takes away what an entry registers."""
        return self.word == entry.name or self.is_distribution(entry)

    def is_distribution(self, entry: Entry) -> bool:
        """Whether it names an entry's distribution."""
        return normalized(self.word) == normalized(entry.distribution)


def why_blocked(name: str, entries: Iterable[Entry], blocks: Iterable[Block]) -> str:
    """Why a name cannot be used, and how to lift that.

    Args:
        name: The name.
        entries: Who registers it.
        blocks: What is blocked.

    Returns:
        What follows the name in an error.
    """
    entries, blocks = tuple(entries), tuple(blocks)
    by_name = [block for block in blocks if block.word == name]
    whole = [b for b in blocks if b not in by_name and any(map(b.is_distribution, entries))]
    owners = " and ".join(
        entry.distribution for entry in entries if any(b.is_distribution(entry) for b in whole)
    )
    ways = " and ".join(f"{block.word!r} out of {block.source}" for block in (*by_name, *whole))
    together = f" with all of {owners}" if owners and not by_name else ""
    return f"is blocked{together}; take {ways} to use it"
