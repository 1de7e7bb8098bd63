"""What the contexts of request forgery share: what an address means, without a network."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link


def meant(url: str) -> str:
    """The address without a user's name, as an HTTP client understands it (RFC 3986, 3.2.1)."""
    scheme, mark, rest = url.partition("://")
    authority, _, path = rest.partition("/")
    host = authority.rpartition("@")[2].lower()
    return f"{scheme.lower()}{mark}{host}/{path}" if mark else ""


def host_of(url: str) -> str:
    """The host that is asked, with its port."""
    return meant(url).partition("://")[2].partition("/")[0]


def announced(client: Client) -> str | None:
    """The address of a service that is not shown, by what one that is shown says."""
    door = client.door("preview")
    for each in client.service["internal"][:-1]:
        text = client.send(door, each["title"]).body
        found = re.search(r"Behind (\w+), at port (\d+), (\w+) is", text)
        if found:
            host, port, page = found.groups()
            return f"http://{host}.{client.words['suffix']}:{port}/{page}"
    return None


def look_at_what_is_offered(client: Client, link: Link) -> None:
    """What an honest employee does."""
    for each in client.service["internal"][:-1]:
        client.send(client.door("preview"), each["title"])
