"""How solvers and honest users ask for a report."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.visitor import WorldReply


def ask(client: Client, name: str, **query: str) -> WorldReply:
    """Ask for a report, as the links of the page do.

    Args:
        client: A client of the service.
        name: The report's name.
        query: What else the URL says.

    Returns:
        The reply.
    """
    door = client.door("health")
    if door["facts"]["in_path"]:
        return client.get(f"{door['path']}/{name}", query)
    return client.get(door["path"], {door["parameter"]: name, **query})


def read_what_is_offered(client: Client, link: Link) -> None:
    """Read the page, and the reports that it links to."""
    client.get(client.door("health")["path"])
    for name in ("live", "info"):
        ask(client, name)
