"""Fetch: pages of internal services, which exist in memory only."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response


class Preview(Door):
    """Shows the page of an internal service."""

    kind = "preview"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the page that was asked for."""
        if visit.rest:
            return None
        url = self.given(visit)
        if url is None:
            return self.page(visit, self.form(*self.offered()))
        found = self.fetch(url)
        text = "This address is not shown here." if found is None else found
        return self.page(visit, self.form(*self.offered()), pages.message(text))

    def offered(self) -> list[str]:
        """The addresses that are shown."""
        return [each["title"] for each in self.site.service["internal"][:-1]]

    def fetch(self, url: str) -> str | None:
        """A page, if it is one of those that are shown.

        Args:
            url: What was asked for.

        Returns:
            Its text; None if it is not to be had.
        """
        return self.site.pages[url] if url in self.offered() else None
