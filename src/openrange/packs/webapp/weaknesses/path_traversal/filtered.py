"""A download that removes what leads upwards, once."""

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

FOR_MODELS = "a download removes what leads upwards from a file's name, but only once"
FOR_PEOPLE = "what is left of `....//` once `../` is removed leads out of the folder"
DOORS = ("files",)
HIDES = "file"


class _Removing(Files):
    def read(self, name: str) -> str | None:
        """A file, wherever the name leads once it is cleaned. This is the planted weakness."""
        return self.site.files.get(resolved(self.site.public + name.replace("../", "")))


def weaken(link: Link) -> Sequence[type]:
    """The download that resolves the name."""
    return [_Removing]


def solve(client: Client, link: Link) -> str | None:
    """Climb out of the folder, with steps that are left over."""
    places = announced(client)
    if places is None:
        return None
    return client.key(client.send(client.door("files"), relative(*places).replace("../", "....//")))


visit = download_what_is_offered
