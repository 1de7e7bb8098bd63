"""A download that puts the name behind its folder, whatever it is."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.files import Files
from openrange.packs.webapp.tree import resolved
from openrange.packs.webapp.weaknesses.path_traversal._tree import (
    announced,
    download_what_is_offered,
    relative,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a download takes a path for a file's name"
FOR_PEOPLE = "steps upwards (`../`) lead out of the folder"
DOORS = ("files",)
HIDES = "file"


class _Trusting(Files):
    def read(self, name: str) -> str | None:
        """A file, wherever the name leads. This is the planted weakness."""
        return self.site.files.get(resolved(self.site.public + name))


def weaken(link: Link) -> Sequence[type]:
    """The download that resolves the name."""
    return [_Trusting]


def solve(client: Client, link: Link) -> str | None:
    """Climb out of the folder."""
    places = announced(client)
    if places is None:
        return None
    return client.key(client.send(client.door("files"), relative(*places)))


visit = download_what_is_offered
