"""What a link gives away: the flag, or the key to the next service."""

from __future__ import annotations

import os
import re

KINDS = ("password", "token", "address")
"""The keys that open a service."""

_FORMS = {
    "flag": r"flag\{[0-9a-f]{32}\}",
    "password": r"\b[a-z]{4,10}-[0-9a-f]{16}\b",
    "token": r"\b[a-z]{2,4}_[0-9a-f]{24}\b",
    "address": r"\b[a-z]{4,10}~[0-9a-f]{12}\b",
}
_PARTS = {"password": ("-", 8), "token": ("_", 12), "address": ("~", 6)}
ALPHABET = "-0123456789_abcdefghijklmnopqrstuvwxyz{}~"
"""The characters of all keys, in the order of their codes."""


def minted(kind: str, word: str) -> str:
    """A new key, which no other boot of the world has.

    Args:
        kind: One of `KINDS`.
        word: Of 4 to 10 lower-case letters; it begins with that.

    Returns:
        The key.
    """
    mark, size = _PARTS[kind]
    start = word[:3] if kind == "token" else word
    return f"{start}{mark}{os.urandom(size).hex()}"


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
