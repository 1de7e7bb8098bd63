"""The console: for administrators."""

from __future__ import annotations

from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.choices import ADMINISTRATOR
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response


class Console(Door):
    """Shows who has an account, and the recovery code."""

    name = "console"

    def answer(self, visit: Visit) -> Response | None:
        """The console, to an administrator."""
        if visit.rest:
            return None
        if not self.is_allowed(visit):
            return self.said(visit, HTTPStatus.FORBIDDEN, "This page is for administrators only.")
        accounts = self.site.database.rows("SELECT login, name, role FROM accounts ORDER BY login")
        content = pages.console(self.path, self.site.hiding.console, accounts)
        return self.page(visit, pages.label(self.path), content)

    def is_allowed(self, visit: Visit) -> bool:
        """Whether the visitor is an administrator, by what the session says.

        Args:
            visit: The request.

        Returns:
            True for an administrator.
        """
        return visit.role == ADMINISTRATOR
