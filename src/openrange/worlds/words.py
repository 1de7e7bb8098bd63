"""Free text of a design, made fit for a world."""

from __future__ import annotations

from openrange.llm.text import one_line
from openrange.worlds.flag import without_decoys


def clean(text: str, limit: int) -> str:
    """One line of text that can do no harm on a page or a terminal, and looks like no flag.

    Args:
        text: What a model wrote.
        limit: How many characters of it are kept.

    Returns:
        The text; empty if nothing of it can be seen.
    """
    return without_decoys(one_line(text)[:limit].rstrip())
