"""A preview of internal pages that shows every internal page."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.preview import Preview
from openrange.packs.webapp.weaknesses.request_forgery._addresses import (
    announced,
    look_at_what_is_offered,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a preview of internal pages fetches whatever address it is given"
FOR_PEOPLE = "the preview also shows an internal service that it does not offer"
DOORS = ("preview",)
HIDES = "service"


class _Trusting(Preview):
    def fetch(self, url: str) -> str | None:
        """Any internal page, by its plain address. This is the planted weakness."""
        return self.site.pages.get(url)


def weaken(link: Link) -> Sequence[type]:
    """The preview that asks for everything."""
    return [_Trusting]


def solve(client: Client, link: Link) -> str | None:
    """Ask for the service that another one tells of."""
    hidden = announced(client)
    return client.key(client.send(client.door("preview"), hidden)) if hidden else None


visit = look_at_what_is_offered
