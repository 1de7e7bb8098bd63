"""A report for debugging that was left on, and shows all settings."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.doors.health import Health
from openrange.packs.webapp.weaknesses.information_disclosure._reports import (
    ask,
    read_what_is_offered,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a report for debugging was left on"
FOR_PEOPLE = "a report that the page does not offer shows settings, and a file that is kept private"
DOORS = ("health",)
HIDES = "file"

PAGES = ("env", "config", "configprops", "settings", "debug", "dump")
FILTERS = ("none", "masked")


def draw(draw: Draw) -> Mapping[str, Any]:
    """The report's name, and whether values are masked until one asks for them."""
    return {"page": draw.pick(PAGES), "filter": draw.pick(FILTERS)}


def weaken(link: Link) -> Sequence[type]:
    """The reports with the one for debugging."""
    facts = link["facts"]

    class Left(Health):
        def report(self, name: str, visit: Visit) -> dict[str, object] | None:
            if name != facts["page"]:
                return super().report(name, visit)
            is_masked = facts["filter"] == "masked" and visit.request.query.get("mask") != "off"
            site = self.site
            private = {p: text for p, text in site.files.items() if not p.startswith(site.public)}
            return {
                "mask": "on" if is_masked else "off",
                "root": site.public,
                "layout": site.words["layout"],
                "loaded": {p: "******" if is_masked else text for p, text in private.items()},
            }  # the planted weakness

    return [Left]


def solve(client: Client, link: Link) -> str | None:
    """Ask for reports by the usual names, unmasked if they are masked."""
    for name in PAGES:
        page = ask(client, name)
        if page.status == 200:
            return client.key(page) or client.key(ask(client, name, mask="off"))
    return None


visit = read_what_is_offered
