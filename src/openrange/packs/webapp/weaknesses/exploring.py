"""How solvers look around in a tree that they do not know."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

MOST_PLACES = 40
"""So many places are looked at."""


def nearest(look: Callable[[tuple[str, ...]], tuple[str | None, Iterable[str]]]) -> str | None:
    """Look at one place after the other, those nearest to the root first.

    Args:
        look: Is given the steps from the root to a place, and says what is found there, and the
            names of what stands below it.

    Returns:
        What is found first, or None.
    """
    waiting: list[tuple[str, ...]] = [()]
    for _ in range(MOST_PLACES):
        if not waiting:
            break
        steps = waiting.pop(0)
        found, names = look(steps)
        if found:
            return found
        waiting += [(*steps, name) for name in names]
    return None
