"""What the contexts of numbered records share: counting on from one's own."""

from __future__ import annotations

from openrange.packs.webapp.spellings import number_of, spelled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable

    from openrange.packs.webapp.client import Client
    from openrange.worlds.visitor import WorldReply

REACH = 50
"""How far from its own records a solver looks: farther than all gaps of a world together."""


def counted(client: Client, ask: Callable[[str], WorldReply]) -> str | None:
    """Ask for the records around the own ones.

    Args:
        client: A client of the service.
        ask: Asks for the record of an id.

    Returns:
        What the confidential one gives away; None if none does, or ids cannot be counted.
    """
    known = [each for each in (number_of(r["id"]) for r in client.own_records()) if each]
    if not known:
        return None
    spelling, middle = known[len(known) // 2]
    for distance in range(1, REACH):
        for number in (middle - distance, middle + distance):
            if found := client.key(ask(spelled(spelling, max(number, 1)))):
                return found
    return None
