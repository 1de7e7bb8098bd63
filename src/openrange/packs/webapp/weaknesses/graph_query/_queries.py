"""How solvers and honest users ask, and what two contexts share: the vault as a field."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping

from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.doors.graph import EXAMPLE, Graph

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.queries import Schema
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw
    from openrange.worlds.visitor import WorldReply

WAYS = {"Query": "{{ {} }}", "Item": "{{ items {{ {} }} }}", "Person": "{{ me {{ {} }} }}"}
"""A query for a field, by the type that has it."""


class Vault(Graph):
    """Queries in which everybody may ask for the vault, which is a field of one type.

    It tells nobody: a context says who does.
    """

    place: str

    def schema(self, visit: Visit) -> Schema:
        """All types, the vault among them. This is one half of the planted weakness."""
        return self.with_vault(self.place)

    def introspected(self, visit: Visit) -> Schema:
        """What `__schema` tells: as in the sound form."""
        return super().schema(visit)

    def suggested(self, visit: Visit) -> Schema:
        """What errors suggest: as in the sound form."""
        return super().schema(visit)


def draw_place(draw: Draw) -> Mapping[str, Any]:
    """Which type has the field."""
    return {"format": draw.pick(sorted(WAYS))}


def ask(client: Client, query: str) -> WorldReply:
    """Send a query."""
    return client.send(client.door("graph"), query)


def types(client: Client) -> dict[str, dict[str, str]]:
    """The types and fields that `__schema` tells of; none where there is no answer."""
    page = ask(client, "{ __schema { types { name fields { name type } } } }")
    if page.status != 200 or not page.body.startswith('{"data"'):
        return {}
    found = json.loads(page.body)["data"]["__schema"]["types"]
    return {each["name"]: {f["name"]: f["type"] for f in each["fields"]} for each in found}


def suggestions(client: Client, place: str, guess: str) -> list[str]:
    """What an error suggests in place of a guess."""
    said = ask(client, WAYS[place].format(guess)).body
    return re.findall(r"\w+", said.partition("Did you mean ")[2].partition("?")[0])


def vault(client: Client, place: str, field: str) -> str | None:
    """What the vault gives away, by what it is called."""
    return client.key(ask(client, WAYS[place].format(f"{field} {{ label value }}")))


def ask_as_shown(client: Client, link: Link) -> None:
    """Send the query that the page shows, and one for the own records."""
    client.get(client.door("graph")["path"])
    for query in (EXAMPLE, "{ records { id title text } }"):
        ask(client, query)
