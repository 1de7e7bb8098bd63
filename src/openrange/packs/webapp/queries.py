"""The query language of programs: what there is to ask for, and what a query chooses."""

from __future__ import annotations

import re

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    Schema = Mapping[str, Mapping[str, str]]
    Selection = dict[str, "Selection"]

MAX_DEPTH = 5
"""So deep a query may be."""

_STRING, _NUMBER = "String", "Int"
SCHEMA: Schema = {
    "Query": {"me": "Person", "people": "[Person]", "items": "[Item]", "records": "[Record]"},
    "Person": {
        **dict.fromkeys(("login", "name", "title", "unit", "room"), _STRING),
        "records": "[Record]",
    },
    "Item": {"number": _NUMBER, "name": _STRING, "state": _STRING, "amount": _NUMBER},
    "Record": {**dict.fromkeys(("id", "title", "text"), _STRING), "owner": "Person"},
}
ENTRY: Mapping[str, str] = {"label": _STRING, "value": _STRING}
"""The type of what stands in the vault."""


class RefusedError(Exception):
    """A query is wrong, or asks for too much."""


def parsed(text: str) -> Selection:
    """Take a query apart, from its beginning to its end, without calling itself.

    Args:
        text: Such as `{ people { name } }`.

    Returns:
        What is chosen, by the names of fields; empty for what has no fields of its own.

    Raises:
        RefusedError: It is none, or too deep.
    """
    whole: Selection = {}
    open_: list[Selection] = []
    last: Selection | None = whole
    parts = re.findall(r"[A-Za-z_]\w*|[^\s,]", text, re.ASCII)
    for part in parts[1:] if parts[:1] == ["query"] else parts:
        if part == "{" and last is not None and not last and len(open_) < MAX_DEPTH:
            open_.append(last)
            last = None
        elif part == "}" and open_ and open_[-1]:
            open_.pop()
            last = None
        elif open_ and (part[0] == "_" or part[0].isalpha()):
            last = open_[-1].setdefault(part, {})
        else:
            raise RefusedError(f"Unexpected {part!r}, or more than {MAX_DEPTH} levels.")
    if open_ or not whole:
        raise RefusedError("Unexpected end.")
    return whole


def described(schema: Schema) -> dict[str, object]:
    """The types and their fields, as `__schema` answers."""

    def fields(of: Mapping[str, str]) -> Iterable[dict[str, str]]:
        return ({"name": name, "type": type_} for name, type_ in of.items())

    return {"types": [{"name": name, "fields": [*fields(of)]} for name, of in schema.items()]}
