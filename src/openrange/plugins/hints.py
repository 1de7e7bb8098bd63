"""Hints at what may have been meant."""

from __future__ import annotations

import difflib
from collections.abc import Collection


def near_misses(word: str, known: Collection[str]) -> str:
    """A hint at what may have been meant.

    Args:
        word: What was given.
        known: What exists.

    Returns:
        ` (did you mean 'x'?)`, or an empty text.
    """
    matches = difflib.get_close_matches(word, known, n=3, cutoff=0.6)
    return f" (did you mean {' or '.join(map(repr, matches))}?)" if matches else ""
