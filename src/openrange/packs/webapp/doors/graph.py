"""A query language for programs: they name the fields that they want, and get no others."""

from __future__ import annotations

import json

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.queries import ENTRY, SCHEMA, RefusedError, described, parsed
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from openrange.packs.webapp.queries import Schema, Selection
    from openrange.packs.webapp.world import Record

MAX_VALUES = 300
"""So many values may come of a query: all there is to say of 40 people."""
JSON = "application/json"
EXAMPLE = "{ people { name unit } }"
ALIKE = 2
"""A field is suggested whose name begins with so many of the same letters."""


class Graph(Door):
    """Answers queries about people, items and the reader's own records."""

    kind = "graph"

    def answer(self, visit: Visit) -> Response | None:
        """The form, or what was asked for."""
        if visit.rest:
            return None
        text = self.given(visit)
        if text is None:
            hint = pages.message("Programs ask for the fields that they need, such as these.")
            return self.page(visit, hint, self.form(EXAMPLE, button="Run"))
        document: dict[str, object]
        try:
            document = {"data": _Run(self, visit).read("Query", {}, parsed(text))}
        except RefusedError as error:
            document = {"errors": [{"message": str(error)}]}
        return Response(json.dumps(document), content_type=JSON)

    def schema(self, visit: Visit) -> Schema:
        """The types and fields that there are for this visitor: the vault for administrators."""
        roles = self.site.words["roles"]
        is_allowed = visit.holder is not None and visit.holder.role == roles["administrator"]
        return self.with_vault("Query") if is_allowed else SCHEMA

    def with_vault(self, place: str) -> Schema:
        """All types, with the vault as a field of one of them."""
        field = {**SCHEMA[place], self.site.words["tables"]["vault"]: "[Entry]"}
        return {**SCHEMA, place: field, "Entry": ENTRY}

    def introspected(self, visit: Visit) -> Schema:
        """What `__schema` tells."""
        return self.schema(visit)

    def suggested(self, visit: Visit) -> Schema:
        """What errors suggest."""
        return self.schema(visit)

    def records_of(self, visit: Visit, login: str) -> list[Record]:
        """Somebody's records, if that is the reader.

        Args:
            visit: The request.
            login: Whose.

        Returns:
            The records; none of anybody else's.
        """
        assert visit.reader is not None
        return self.all_records(login) if login == visit.reader["login"] else []

    def all_records(self, login: str) -> list[Record]:
        """Somebody's records, whoever asks."""
        return [each for each in self.site.service["records"] if each["owner"] == login]


class _Run:
    """Reads what one query asks for, and counts it."""

    def __init__(self, graph: Graph, visit: Visit) -> None:
        self.graph = graph
        self.visit = visit
        self.schema = graph.schema(visit)
        self.left = MAX_VALUES

    def read(self, type_: str, source: Mapping[str, Any], chosen: Selection) -> dict[str, object]:
        """The chosen fields of one object. It calls itself as often as a query is deep."""
        found: dict[str, object] = {}
        for name, inner in chosen.items():
            self.left -= 1
            if self.left < 0:
                raise RefusedError("The answer would be too large.")
            if type_ == "Query" and name == "__schema":
                found[name] = described(self.graph.introspected(self.visit))
                continue
            of = self.schema[type_].get(name)
            if of is None:
                raise RefusedError(self.unknown(type_, name))
            value, of_one = self.value(type_, source, name), of.strip("[]")
            if (of_one in self.schema) != bool(inner):
                what = "a selection" if of_one in self.schema else "no selection"
                raise RefusedError(f"The field {name!r} of {type_} takes {what}.")
            if of != of_one:
                found[name] = [self.read(of_one, each, inner) for each in value]
            else:
                found[name] = self.read(of_one, value, inner) if inner else value
        return found

    def value(self, type_: str, source: Mapping[str, Any], name: str) -> Any:
        """One field of one object."""
        site, reader = self.graph.site, self.visit.reader
        assert reader is not None
        if name == site.words["tables"]["vault"]:
            return [{"label": site.service["secret"], "value": site.hiding.vault}]
        if name == "records":
            return self.graph.records_of(self.visit, source.get("login", reader["login"]))
        if type_ == "Query":
            return {"me": reader, "people": site.service["accounts"]}.get(
                name, site.service["items"]
            )
        if type_ == "Record" and name == "owner":
            return site.account(source["owner"])
        return site.record_body(source) if name == "text" else source[name]  # type: ignore[arg-type]

    def unknown(self, type_: str, name: str) -> str:
        """What is said of a field that is none."""
        known = self.graph.suggested(self.visit).get(type_, {})
        start = name[:ALIKE].lower()
        alike = [each for each in known if len(name) >= ALIKE and each.startswith(start)]
        more = f" Did you mean {' or '.join(alike)}?" if alike else ""
        return f"There is no field {name[:40]!r} in {type_}.{more}"
