"""Search: the staff directory."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.database import Row
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

LONGEST_TERM = 60


class Directory(Door):
    """Finds people by name or job title."""

    name = "directory"

    def answer(self, visit: Visit) -> Response | None:
        """The directory, or those of whom it is asked."""
        if visit.rest:
            return None
        parameter = self.site.world["doors"]["parameter"]
        term = visit.request.query.get(parameter, "")
        content = pages.directory(self.path, parameter, term, self.find(term))
        return self.page(visit, pages.label(self.path), content)

    def find(self, term: str) -> list[Row]:
        """People whose name or job title contains a term, which is passed as a parameter.

        Args:
            term: What to look for; empty finds everybody.

        Returns:
            Name, title and login of each.
        """
        return self.site.database.rows(
            "SELECT name, title, login FROM accounts "
            "WHERE name || ' ' || title LIKE '%' || :term || '%' ORDER BY name",
            {"term": term[:LONGEST_TERM]},
        )
