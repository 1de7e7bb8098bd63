"""Choices that depend on the manifest's seed and goal, and on nothing else."""

from __future__ import annotations

import json
import random
from collections.abc import Sequence
from typing import TypeVar

from openrange.core.manifest import Manifest

T = TypeVar("T")


class Seeded:
    """A source of choices, independent of every other purpose of the same manifest.

    Of `random.Random` it uses `random()` alone: the only method whose sequence Python promises to
    keep from version to version.

    Args:
        manifest: Whose seed and goal decide.
        purpose: What the choices are for.
    """

    def __init__(self, manifest: Manifest, purpose: str) -> None:
        # JSON is ASCII here, so that a goal with a lone surrogate can be a seed as well.
        seed = json.dumps([purpose, manifest.seed, manifest.goal])
        self._random = random.Random(seed)  # noqa: S311 - reproducible, and guards no secret

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
