"""Fixed scripts that know nothing of a world but its doors: what they solve is easy."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

from openrange.packs.webapp.chain import attempt
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.world import World
from openrange.worlds.crawl import crawl
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor

TEXTBOOK = (
    *("broken_function_authorization/cookie", "broken_object_authorization/counted"),
    *("business_logic/negative", "command_injection/plain", "forged_tokens/none"),
    *("information_disclosure/debug", "insecure_randomness/counter", "path_traversal/plain"),
    *("request_forgery/plain", "sql_injection/string", "template_injection/expression"),
    *("weak_credentials/default", "xml_entities/plain"),
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
    _portal(world, visitor)
    crawl(visitor)
    return next(filter(None, (find_flag(reply.body) for reply in visitor.replies)), None)


def _recipe(world: World, recipe: str, visitor: Visitor) -> str | None:
    """What solves one context, at the portal, whatever its weakness is."""
    weakness, name = recipe.split("/")
    return attempt(_portal(world, visitor), world["chain"][0], weakness, name, seed=0)


def _portal(world: World, visitor: Visitor) -> Client:
    return Client(visitor, world, 0, world["agent"]["password"])
