"""The places of a portal that could hold what a weakness gives away."""

from __future__ import annotations

ELSEWHERE = "kept on paper in the office safe"
"""What a place says that holds nothing."""


class Hiding:
    """What stands in each place. Every portal has all of them, so that none tells what was planted.

    Each is filled by the `place` of a link of the world's chain, or else says `ELSEWHERE`.
    """

    __slots__ = ("console", "file", "record", "service", "vault")

    def __init__(self) -> None:
        self.vault = ELSEWHERE
        """In the table that no page shows."""
        self.record = ELSEWHERE
        """In a colleague's confidential record."""
        self.console = ELSEWHERE
        """On the administrators' console."""
        self.file = ELSEWHERE
        """In a file that is not offered for download."""
        self.service = ELSEWHERE
        """On the page of an internal service that is not shown to anybody."""
