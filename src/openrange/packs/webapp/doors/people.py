"""Search: who works here."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.choices import SHOWN
from openrange.packs.webapp.database import Row
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response


class Search(Door):
    """Finds people by name or job title."""

    kind = "search"

    def answer(self, visit: Visit) -> Response | None:
        """The directory, or those of whom it is asked."""
        if visit.rest:
            return None
        term = self.given(visit) or ""
        headings = [SHOWN[name] for name in self.plan["facts"]["shown"]]
        found = pages.rows(self.site.words, headings, self.find(term))
        return self.page(visit, self.form(term, button="Search"), found)

    def select(self) -> str:
        """The beginning of the statement, up to the word WHERE."""
        columns = self.site.words["columns"]
        shown = ", ".join(columns[name] for name in self.plan["facts"]["shown"])
        return f"SELECT {shown} FROM {self.site.words['tables']['people']} WHERE"  # noqa: S608

    def searched(self) -> str:
        """What a term is looked for in."""
        columns = self.site.words["columns"]
        return f"{columns['name']} || ' ' || {columns['title']}"

    def find(self, term: str) -> list[Row]:
        """People whose name or job title contains a term, which is passed as a parameter.

        Args:
            term: What to look for; empty finds everybody.

        Returns:
            A row for each.
        """
        return self.site.database.rows(
            f"{self.select()} {self.searched()} LIKE '%' || :term || '%' ORDER BY 1",
            {"term": term[:60]},
        )
