"""The places of a service that could hold what a weakness gives away."""

from __future__ import annotations

ELSEWHERE = "kept on paper in the office safe"
"""What a place says that holds nothing."""


class Hiding:
    """What stands in each place. A link fills one of them, and the rest say `ELSEWHERE`."""

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
