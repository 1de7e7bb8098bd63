"""A field that the schema keeps quiet about, and that errors suggest."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.choices import TABLES
from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.weaknesses.graph_query._queries import (
    WAYS,
    Vault,
    ask_as_shown,
    draw_place,
    suggestions,
    vault,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.queries import Schema
    from openrange.packs.webapp.world import Link

FOR_MODELS = "errors suggest an unguarded field"
FOR_PEOPLE = "an error suggests a field of which no schema tells, and everybody may ask for it"
DOORS = ("graph",)
HIDES = "vault"

draw = draw_place


def weaken(link: Link) -> Sequence[type]:
    """The queries whose errors know the field."""

    class Suggested(Vault):
        place = link["facts"]["format"]

        def suggested(self, visit: Visit) -> Schema:
            return self.schema(visit)  # the other half of the planted weakness

    return [Suggested]


def solve(client: Client, link: Link) -> str | None:
    """Ask for what a vault could be called, type by type, and take what is suggested."""
    for place in WAYS:
        for guess in TABLES["vault"]:
            for field in suggestions(client, place, guess):
                if found := vault(client, place, field):
                    return found
    return None


visit = ask_as_shown
