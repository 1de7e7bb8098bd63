"""Fixed scripts that know nothing of a world but its doors: what they solve is easy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import context, drawn
from openrange.packs.webapp.world import Link, World, door_of
from openrange.worlds.crawl import crawl
from openrange.worlds.draw import Draw
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor

TEXTBOOK = (
    *("broken_function_authorization/cookie", "broken_object_authorization/counted"),
    *("path_traversal/plain", "request_forgery/plain", "sql_injection/string"),
    "weak_credentials/default",
)
"""What is tried first of each class."""


def baselines(world: World) -> dict[str, Callable[[Visitor], str | None]]:
    """The scripts.

    Args:
        world: The realized world.

    Returns:
        By name, what looks for the flag with a client of the running world.
    """
    recipes = {name: partial(_recipe, world, name) for name in TEXTBOOK}
    return {"crawler": partial(_crawler, world), **recipes}


def _crawler(world: World, visitor: Visitor) -> str | None:
    """Sign in, and follow whatever there is."""
    Client(visitor, world, 0, world["agent"]["password"])
    crawl(visitor)
    return next(filter(None, (find_flag(reply.body) for reply in visitor.replies)), None)


def _recipe(world: World, recipe: str, visitor: Visitor) -> str | None:
    """What solves one context, at the portal, whatever its weakness is."""
    weakness, name = recipe.split("/")
    tried = context(weakness, name)
    client = Client(visitor, world, 0, world["agent"]["password"])
    if not all(door_of(client.service, kind) for kind in tried.DOORS):
        return None
    facts = drawn(tried, Draw(0, weakness, name))
    link: Link = {**world["chain"][0], "weakness": weakness, "context": name, "facts": facts}
    return tried.solve(client, link)
