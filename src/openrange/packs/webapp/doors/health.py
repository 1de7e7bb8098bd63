"""What programs that watch the portal ask for: whether it is up, and which release it is."""

from __future__ import annotations

import json

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import html
from openrange.worlds.http import Response

JSON = "application/json"


class Health(Door):
    """Says that the service is up, of which parts it consists, and which release it is."""

    kind = "health"

    def answer(self, visit: Visit) -> Response | None:
        """The page, or one of the reports for programs."""
        if visit.rest or self.plan["parameter"] in visit.request.query:
            report = self.report(self.asked(visit), visit)
            return None if report is None else Response(json.dumps(report), content_type=JSON)
        rows = [
            (html('<a href="{to}">{name}</a>', to=self.address(name), name=name),)
            for name in self.offered()
        ]
        return self.page(
            visit,
            pages.message("Everything is up. Programs read the reports."),
            pages.rows(self.site.words, ("Report",), rows),
        )

    def asked(self, visit: Visit) -> str:
        """Which report is asked for."""
        if self.plan["facts"]["in_path"]:
            return "/".join(visit.rest)
        return "" if visit.rest else visit.request.query[self.plan["parameter"]]

    def address(self, name: str) -> str:
        """Where a report is."""
        if self.plan["facts"]["in_path"]:
            return f"{self.path}/{name}"
        return f"{self.path}?{self.plan['parameter']}={name}"

    def offered(self) -> tuple[str, ...]:
        """The reports that are shown."""
        return ("live", "info")

    def report(self, name: str, visit: Visit) -> dict[str, object] | None:
        """A report, if it is one of those that are shown.

        Args:
            name: What was asked for.
            visit: The request.

        Returns:
            What stands in it; None if there is none.
        """
        words = self.site.words
        if name == "live":
            return {"status": "UP", "components": {"database": "UP", "files": "UP"}}
        if name == "info":
            return {"product": words["product"], "release": words["release"]}
        return None
