"""A portal's chain of weaknesses, from outside: solved, visited, and mended link by link."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrange.packs.webapp.client import sign_in
from openrange.packs.webapp.weaknesses import context_of
from openrange.packs.webapp.world import World

if TYPE_CHECKING:
    from openrange.worlds.visitor import Visitor


def solve(visitor: Visitor, world: World) -> str | None:
    """Sign in, and exploit one link of the chain after the other.

    Args:
        visitor: A client of the running world.
        world: The realized portal.

    Returns:
        What the last link gives away; None when one of them resists.
    """
    sign_in(visitor, world)
    gained: tuple[str, ...] = ()
    for link in world["chain"]:
        found = context_of(link).solve(visitor, world, link, gained)
        if found is None:
            return None
        gained += (found,)
    return gained[-1] if gained else None


def visit(visitor: Visitor, world: World) -> None:
    """Sign in, and go through the doors of the chain as an honest employee would.

    Args:
        visitor: A client of the running world.
        world: The realized portal.
    """
    sign_in(visitor, world)
    for link in world["chain"]:
        context_of(link).visit(visitor, world, link)


def twins(world: World) -> list[World]:
    """The same portal, with one link of its chain mended, for each of them.

    Args:
        world: The realized portal.

    Returns:
        A world for each link.
    """
    chain = world["chain"]
    return [
        {**world, "chain": [*chain[:n], {**link, "mended": True}, *chain[n + 1 :]]}
        for n, link in enumerate(chain)
    ]
