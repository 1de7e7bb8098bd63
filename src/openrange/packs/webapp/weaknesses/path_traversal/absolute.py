"""A download that lets nobody climb, and takes an absolute path."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.files import Files
from openrange.packs.webapp.weaknesses.path_traversal._tree import (
    announced,
    download_what_is_offered,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a download refuses to climb, and takes an absolute path"
FOR_PEOPLE = "no step upwards is let through, but a path that begins at the root is"
DOORS = ("files",)
HIDES = "file"


class _FromTheRoot(Files):
    def read(self, name: str) -> str | None:
        """A file of the folder; or of the whole tree, by its absolute path: the weakness."""
        if ".." in name:
            return None
        return self.site.files.get(name) or super().read(name)


def weaken(link: Link) -> Sequence[type]:
    """The download that resolves the name."""
    return [_FromTheRoot]


def solve(client: Client, link: Link) -> str | None:
    """Ask for the file by its whole path."""
    places = announced(client)
    if places is None:
        return None
    return client.key(client.send(client.door("files"), places[1]))


visit = download_what_is_offered
