"""What a link gives away: the flag, or the key to the next service."""

from __future__ import annotations

import hashlib
import re

KINDS = ("password", "token", "address")
"""The keys that open a service."""

_FORMS = {
    "flag": r"flag\{[0-9a-f]{32}\}",
    "password": r"\b[a-z]{4,10}-[0-9a-f]{16}\b",
    "token": r"\b[a-z]{2,4}_[0-9a-f]{24}\b",
    "address": r"\b[a-z]{4,10}~[0-9a-f]{12}\b",
}
_PARTS = {"password": ("-", 16), "token": ("_", 24), "address": ("~", 12)}
ALPHABET = "-0123456789_abcdefghijklmnopqrstuvwxyz{}~"
"""The characters of all keys, in the order of their codes."""


def minted(flag: str, link: int) -> str:
    """What a link's key is made of: as secret as the flag, and another one at every boot.

    It follows from the flag, so that a world and its twins have the same keys, and tells nothing of
    it.

    Args:
        flag: The flag of this boot.
        link: Which link of the chain.

    Returns:
        64 hexadecimal digits.
    """
    return hashlib.sha256(f"{flag} {link}".encode()).hexdigest()


def spelled(kind: str, word: str, digits: str) -> str:
    """A key.

    Args:
        kind: One of `KINDS`.
        word: Of 4 to 10 lower-case letters; it begins with that.
        digits: At least 24 hexadecimal digits.

    Returns:
        The key.
    """
    mark, size = _PARTS[kind]
    return f"{word[:3] if kind == 'token' else word}{mark}{digits[:size]}"


def find(kind: str, text: str, known: str | None = None) -> str | None:
    """The first key of a kind in a text.

    Args:
        kind: `flag`, or one of `KINDS`.
        text: A page.
        known: A key that does not count.

    Returns:
        The key, or None.
    """
    return next((key for key in re.findall(_FORMS[kind], text) if key != known), None)
