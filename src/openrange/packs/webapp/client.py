"""What solvers and honest users of a portal have in common."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import World
    from openrange.worlds.visitor import Visitor


def sign_in(visitor: Visitor, world: World) -> bool:
    """Post the login form with the agent's account.

    Args:
        visitor: A client of the running world, which keeps the cookie.
        world: The realized portal.

    Returns:
        Whether the portal now knows the agent.
    """
    agent = world["agent"]
    visitor.post("/login", {"username": agent["login"], "password": agent["password"]})
    door = f"/{world['doors']['records']}/"
    return visitor.get(door).url == f"{visitor.base_url}{door}"


def own_records(visitor: Visitor, world: World) -> list[int]:
    """The numbers of the records that the list of own records links to."""
    door = world["doors"]["records"]
    page = visitor.get(f"/{door}/")
    return [int(number) for number in re.findall(rf'href="/{door}/([0-9]+)"', page.body)]
