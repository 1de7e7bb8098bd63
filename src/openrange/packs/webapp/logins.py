"""From people's names, in whatever script, to distinct account names in ASCII."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

MAX_LOGIN = 20


def logins(names: Sequence[str]) -> list[str]:
    """Give everybody an account name.

    Args:
        names: People's names, which may be equal.

    Returns:
        As many distinct names of lower-case ASCII letters, digits and dots: `ada.novak`, or
        `user2` for the second person if nothing of their name is ASCII.
    """
    taken: list[str] = []
    for position, name in enumerate(names, start=1):
        # A table that no version of Python changes, so that neither do the worlds.
        plain = (
            unicodedata.ucd_3_2_0.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
        )
        words = re.findall("[a-z0-9]+", plain.replace("'", ""))
        wanted = ".".join(words[:2])[:MAX_LOGIN].strip(".") or f"user{position}"
        login, suffix = wanted, 2
        while login in taken:
            login, suffix = f"{wanted}{suffix}", suffix + 1
        taken.append(login)
    return taken
