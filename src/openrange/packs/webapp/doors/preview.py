"""Fetch: pages of internal services, which exist in memory only."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

SHOWN = ("http://calendar.internal/", "http://status.internal/")
HIDDEN = "http://safe.internal/"


class Preview(Door):
    """Shows the page of an internal service."""

    name = "preview"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the page that was asked for."""
        if visit.rest:
            return None
        url = visit.request.query.get("url", "")
        found = self.fetch(url) if url else ""
        content = pages.preview(self.path, url, SHOWN, found)
        return self.page(visit, pages.label(self.path), content)

    def fetch(self, url: str) -> str | None:
        """A page, if it is one of those that are shown.

        Args:
            url: What was asked for.

        Returns:
            Its text; None if it is not to be had.
        """
        return self.site.services.get(url) if url in SHOWN else None
