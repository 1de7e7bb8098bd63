"""What admission found: a check for each thing that it looked at."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that admission looked at.

    Args:
        name: `boot`, `solver`, `benign`, `crawl` or `alive`.
        passed: Whether it is as it must be.
        message: What was seen, in one sentence.
    """

    name: str
    passed: bool
    message: str


@dataclass(frozen=True, slots=True)
class AdmissionReport:
    """What admission found. The first check that fails is the last that is made.

    Args:
        checks: In the order in which they were made.
        baselines: The fixed scripts that the world was tried with, by name: how many requests it
            took each to solve it, and None where it did not. They judge nothing.
    """

    checks: tuple[Check, ...]
    baselines: Mapping[str, int | None] = field(default_factory=dict)

    @property
    def admitted(self) -> bool:
        """Whether every check passed."""
        return all(check.passed for check in self.checks)

    @property
    def failures(self) -> tuple[Check, ...]:
        """The checks that did not pass."""
        return tuple(check for check in self.checks if not check.passed)

    def to_mapping(self) -> list[dict[str, object]]:
        """The checks as JSON."""
        return [{"name": c.name, "passed": c.passed, "message": c.message} for c in self.checks]
