"""A world's chain of weaknesses, from outside: solved, visited, and mended link by link."""

from __future__ import annotations

from collections.abc import Iterator

from openrange.core.pack import Place, Topology
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import context, context_of, contexts_of, drawn
from openrange.packs.webapp.world import Link, World, door_of
from openrange.worlds.draw import Draw
from openrange.worlds.visitor import Visitor


def exploit(visitor: Visitor, world: World, number: int, key: str | None) -> str | None:
    """Exploit one link of the chain.

    Args:
        visitor: A client of the running world.
        world: The realized world.
        number: Which link, from 0.
        key: What the link before it gave away; for the first, the agent's password.

    Returns:
        What it gives away; None when it resists.
    """
    link = world["chain"][number]
    client = Client(visitor, world, number, key)
    return context_of(link).solve(client, link) if client.is_in else None


def visit(visitor: Visitor, world: World, number: int, key: str | None) -> None:
    """Go through the door of one link as an honest employee would; otherwise as `exploit`."""
    link = world["chain"][number]
    context_of(link).visit(Client(visitor, world, number, key), link)


def decoys(visitor: Visitor, world: World, number: int, key: str | None) -> Iterator[str | None]:
    """Attack what is not weak in one service, by every solver there is; otherwise as `exploit`.

    Yields:
        What each attack gives away.
    """
    client = Client(visitor, world, number, key)
    planted = world["chain"][number]
    weak = set(context_of(planted).DOORS)
    for weakness, names in contexts_of().items():
        for name in names:
            if weak.isdisjoint(context(weakness, name).DOORS):
                yield attempt(client, planted, weakness, name, world["seed"])


def attempt(client: Client, planted: Link, weakness: str, name: str, seed: int) -> str | None:
    """What the solver of any context finds in a service, whatever is weak there.

    Args:
        client: A client of the service, which has passed its gate.
        planted: The link of the service.
        weakness: The class of the context.
        name: The context's name.
        seed: From which follows what the context draws.

    Returns:
        What it is given; None where the service resists, or lacks the context's doors.
    """
    tried = context(weakness, name)
    if not all(door_of(client.service, kind) for kind in tried.DOORS):
        return None
    facts = drawn(tried, Draw(seed, weakness, name))
    return tried.solve(client, {**planted, "weakness": weakness, "context": name, "facts": facts})


def twins(world: World) -> list[World]:
    """The same world, with one link of its chain mended, for each of them.

    Args:
        world: The realized world.

    Returns:
        A world for each link.
    """
    chain = world["chain"]
    return [
        {**world, "chain": [*chain[:n], {**link, "mended": True}, *chain[n + 1 :]]}
        for n, link in enumerate(chain)
    ]


def topology(world: World) -> Topology:
    """The services with their doors, and how each link is exploited.

    Args:
        world: The realized world.

    Returns:
        What people see of it.
    """
    places = [
        Place(
            f"{world['company']} {service['title']}".strip(),
            f"{service['mount']}.localhost" if service["by_host"] else f"/{service['mount']}",
            tuple(
                f"/{door['path']} ({door['kind'].replace('_', ' ')})" for door in service["doors"]
            ),
        )
        for service in world["services"]
    ]
    steps = [
        f"{link['weakness']}/{link['context']}: {context_of(link).FOR_PEOPLE}. It gives away "
        + ("the flag." if link["key"] == "flag" else f"the next service's {link['key']}.")
        for link in world["chain"]
    ]
    return Topology(tuple(places), tuple(steps))
