"""A download that looks at a name before it decodes it once more."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.files import Files
from openrange.packs.webapp.tree import resolved
from openrange.packs.webapp.weaknesses.path_traversal._tree import (
    announced,
    download_what_is_offered,
    relative,
)
from openrange.worlds.http import unquoted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a download decodes a file's name once more after it was checked"
FOR_PEOPLE = "steps that are percent-encoded twice pass the check, and lead out of the folder"
DOORS = ("files",)
HIDES = "file"


class _Decoding(Files):
    def read(self, name: str) -> str | None:
        """A file, unless its name leads upwards before it is decoded again: the weakness."""
        if ".." in name:
            return None
        return self.site.files.get(resolved(self.site.public + unquoted(name)))


def weaken(link: Link) -> Sequence[type]:
    """The download that resolves the name."""
    return [_Decoding]


def solve(client: Client, link: Link) -> str | None:
    """Climb out of the folder, with steps that are encoded once more."""
    places = announced(client)
    if places is None:
        return None
    return client.key(client.send(client.door("files"), relative(*places).replace("..", "%2e%2e")))


visit = download_what_is_offered
