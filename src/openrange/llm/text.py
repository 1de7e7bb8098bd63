"""Text that comes from outside, made inert."""

from __future__ import annotations

import unicodedata


def one_line(text: str, limit: int | None = None) -> str:
    """Make text safe to show on a terminal or in a page.

    Control, format and surrogate characters (Unicode categories Cc, Cf and Cs) go: they can move
    a terminal's cursor, reverse the reading order, or fail to encode. Runs of white space become
    one space.

    Args:
        text: Any text.
        limit: The greatest length of the result, in characters; None for no limit.

    Returns:
        One line of text, which may be empty.
    """
    spaced = "".join(" " if character.isspace() else character for character in text)
    kept = "".join(
        character for character in spaced if unicodedata.category(character) not in _UNSAFE
    )
    line = " ".join(kept.split())
    return line if limit is None else line[:limit].rstrip()


_UNSAFE = frozenset({"Cc", "Cf", "Cs"})
