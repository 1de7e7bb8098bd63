"""An import that loads the external entities of a document."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.imports import Import
from openrange.packs.webapp.weaknesses.xml_entities._types import (
    explored,
    import_an_item,
    loaded,
    taken_apart,
)
from openrange.packs.webapp.xml import Element, elements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "an import of documents loads external entities"
FOR_PEOPLE = "an external entity puts a file into an element"
DOORS = ("import",)
HIDES = "file"


class _Loading(Import):
    def parse(self, text: str) -> list[Element]:
        """The elements, with general entities in them: the weakness. None names another one."""
        entities, _, rest = taken_apart(text)
        values = {
            name: loaded(self.site, each.value) if each.is_external else each.value
            for name, each in entities.items()
            if not each.is_parameter
        }
        return elements(rest, values)


def weaken(link: Link) -> Sequence[type]:
    """The import that loads entities."""
    return [_Loading]


def solve(client: Client, link: Link) -> str | None:
    """Put one file after the other into an element."""
    return explored(
        client, lambda url: f'<!DOCTYPE a [<!ENTITY b SYSTEM "{url}">]><a>zz &b; zz</a>'
    )


visit = import_an_item
