"""Diagnosis: whether a machine of the house answers. There is no network behind it."""

from __future__ import annotations

import re

from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import html
from openrange.worlds.http import Response

_NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,62}", re.ASCII)


class Diagnose(Door):
    """Says whether a machine answers."""

    kind = "diagnose"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and what came back."""
        if visit.rest:
            return None
        name = self.given(visit)
        form = self.form(*self.hosts(), button="Test")
        if name is None:
            return self.page(visit, form)
        return self.page(visit, form, html("<pre>{text}</pre>", text=self.run(name)))

    def hosts(self) -> list[str]:
        """The machines that are offered."""
        shown = self.site.service["internal"][:-1]
        return [each["title"].partition("://")[2].partition("/")[0] for each in shown]

    def run(self, name: str) -> str:
        """Ask a machine, if this can be the name of one.

        Args:
            name: What was asked for.

        Returns:
            What came back.
        """
        return self.ping([name]) if _NAME.fullmatch(name) else "This is not the name of a host."

    def ping(self, names: list[str]) -> str:
        """What the tool for this prints.

        Args:
            names: What its command line says, without options.

        Returns:
            A line.
        """
        name = " ".join(names)
        if name in self.hosts():
            return f"1 packet sent to {name}, 1 received"
        return f"ping: {name}: Name or service not known"
