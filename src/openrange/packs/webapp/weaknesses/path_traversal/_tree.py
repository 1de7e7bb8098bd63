"""What the contexts of path traversal share: paths without a file system, and where to look."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link


_ABOUT = re.compile(
    r"Everything in (\S+)/(\S+) is .* folder (\S+) is .* in (\S+), a file of the kind (\w+)"
)


def announced(client: Client) -> tuple[str, str] | None:
    """The folder that is published, and a file that is not, by what a public file says of them."""
    door = client.door("files")
    for each in client.service["files"]:
        text = client.send(door, each["title"]).body
        found = _ABOUT.search(text)
        if found:
            root, folder, private, name, ending = found.groups()
            return f"{root}/{folder}", f"{root}/{private}/{name}.{ending}"
    return None


def relative(folder: str, file: str) -> str:
    """The way from a folder to a file beside or above it."""
    here, there = folder.strip("/").split("/"), file.strip("/").split("/")
    while here and there and here[0] == there[0]:
        here, there = here[1:], there[1:]
    return "../" * len(here) + "/".join(there)


def download_what_is_offered(client: Client, link: Link) -> None:
    """What an honest employee does."""
    for each in client.service["files"]:
        client.send(client.door("files"), each["title"])
