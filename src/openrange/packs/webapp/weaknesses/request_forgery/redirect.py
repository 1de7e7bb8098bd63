"""A preview that checks the host it asks, and follows where that sends it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.preview import Preview
from openrange.packs.webapp.weaknesses.request_forgery._addresses import (
    announced,
    host_of,
    look_at_what_is_offered,
    meant,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a preview of internal pages follows where an allowed one sends it"
FOR_PEOPLE = "an offered service sends on to wherever it is told, and the preview follows"
DOORS = ("preview",)
HIDES = "service"


def draw(draw: Draw) -> Mapping[str, Any]:
    """Where the offered service sends on, and the parameter that says where to."""
    return {
        "path": draw.pick(("away", "leave", "out", "go", "exit", "redirect")),
        "to": draw.pick(("to", "url", "next", "target", "dest")),
    }


def weaken(link: Link) -> Sequence[type]:
    """The preview that follows, and a service that sends on."""
    path, to = link["facts"]["path"], link["facts"]["to"]

    class Following(Preview):
        def fetch(self, url: str) -> str | None:
            url = meant(url)
            if host_of(url) not in map(host_of, self.offered()):
                return None
            sent_on, mark, target = url.partition(f"/{path}?{to}=")
            if mark and sent_on == self.offered()[0].rstrip("/"):
                return self.site.pages.get(meant(target))  # the planted weakness
            page = self.site.pages.get(url)
            if url == self.offered()[0]:
                return f"{page} Links leave by {url}{path}?{to}=ADDRESS."
            return page

    return [Following]


def solve(client: Client, link: Link) -> str | None:
    """Have an offered service send the preview on to the one that another tells of."""
    hidden, facts = announced(client), link["facts"]
    if hidden is None:
        return None
    offered = client.service["internal"][0]["title"]
    forged = f"{offered}{facts['path']}?{facts['to']}={hidden}"
    return client.key(client.send(client.door("preview"), forged))


visit = look_at_what_is_offered
