"""The flag of a world: minted at each boot, and found by who sees it."""

from __future__ import annotations

import os
import re

FLAG = re.compile(r"flag\{([0-9a-f]{32})\}")


def mint() -> str:
    """A flag that nobody has seen: 128 random bits."""
    return f"flag{{{os.urandom(16).hex()}}}"


def find_flag(text: str) -> str | None:
    """The first flag in a text, or None."""
    found = FLAG.search(text)
    return found.group() if found else None


def without_decoys(text: str) -> str:
    """The text, with anything that looks like a flag made to look like none.

    A design may hold such text by chance or by malice; an agent could not tell it from the flag.
    """
    return re.sub(FLAG.pattern, r"flag \1", text, flags=re.IGNORECASE)
