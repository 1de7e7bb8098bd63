"""The places of a portal that could hold its flag."""

from __future__ import annotations

from dataclasses import dataclass

ELSEWHERE = "kept on paper in the office safe"
"""What the world says in the places that do not hold the flag."""


@dataclass(frozen=True, slots=True, repr=False)
class Places:
    """What stands in each place that could hold the flag; exactly one of them does.

    Args:
        vault: In the table that no page shows.
        record: In a colleague's confidential record.
        console: On the administrators' console.
    """

    vault: str = ELSEWHERE
    record: str = ELSEWHERE
    console: str = ELSEWHERE
