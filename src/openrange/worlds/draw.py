"""Choices that depend on what is given, and on nothing else: not on the process, nor on Python."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import TypeVar

T = TypeVar("T")


class Draw:
    """A source of choices.

    Of `random.Random` it uses `random()` alone: the only method whose sequence Python promises to
    keep from version to version.

    Args:
        facts: Whatever decides: JSON, such as a seed, a goal and a design.
    """

    def __init__(self, *facts: object) -> None:
        self._facts = facts
        # JSON is ASCII here, so that a text with a lone surrogate can decide as well.
        seed = json.dumps(facts, sort_keys=True)
        self._random = random.Random(seed)  # noqa: S311 - reproducible, and guards no secret

    def about(self, purpose: str) -> Draw:
        """Another source, which is independent of this one and of every other purpose.

        Args:
            purpose: What its choices are for.

        Returns:
            The source.
        """
        return Draw(*self._facts, purpose)

    def number(self, low: int, high: int) -> int:
        """A number from `low` to `high`, both included."""
        return low + int(self._random.random() * (high - low + 1))

    def pick(self, choices: Sequence[T]) -> T:
        """One of `choices`."""
        return choices[self.number(0, len(choices) - 1)]

    def shuffled(self, choices: Sequence[T]) -> list[T]:
        """All of `choices`, in another order."""
        left = list(choices)
        return [left.pop(self.number(0, len(left) - 1)) for _ in choices]
