"""The home page: the company, and its notices."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response


class Home(Door):
    """Shows what everybody may read."""

    name = ""
    is_open = True

    def answer(self, visit: Visit) -> Response | None:
        """The home page."""
        notices = self.site.database.rows("SELECT title, body FROM notices ORDER BY rowid")
        return self.page(visit, "Home", pages.home(self.site.world, visit.reader, notices))
