"""What the contexts of command injection share: a look around, and what an honest user does."""

from __future__ import annotations

import re
from collections.abc import Callable

from openrange.packs.webapp.weaknesses.exploring import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

_PRINTED = re.compile(r"<pre>(.*?)</pre>", re.DOTALL)
_NAME = re.compile(r"[\w.-]+")


def explored(client: Client, payload: Callable[[str, str], str]) -> str | None:
    """List one folder after the other, and read each file.

    Args:
        client: A client of the service.
        payload: What to type in to run a command of one argument: its name, and a path.

    Returns:
        What the service's weakness gives away, or None.
    """
    door = client.door("diagnose")

    def printed(command: str, path: str) -> set[str]:
        shown = _PRINTED.search(client.send(door, payload(command, path)).body)
        return set(_NAME.findall(shown[1])) if shown else set()

    # What stands on each page, whatever was asked for, is no name of a file.
    usual = printed("ls", "/nowhere") | printed("cat", "/nowhere") | {"/"}

    def look(steps: tuple[str, ...]) -> tuple[str | None, list[str]]:
        path = f"/{'/'.join(steps)}"
        if steps and "." in steps[-1]:
            return client.key(client.send(door, payload("cat", path))), []
        return None, sorted(printed("ls", path) - usual)

    return nearest(look)


def ask_what_is_offered(client: Client, link: Link) -> None:
    """What an honest employee does."""
    door = client.door("diagnose")
    for each in client.service["internal"][:-1]:
        client.send(door, each["title"].partition("://")[2].partition("/")[0])
