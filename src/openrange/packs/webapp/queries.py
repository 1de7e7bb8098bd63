"""What the portal asks its database, done properly. The weak versions are in `weaknesses`."""

from __future__ import annotations

from openrange.packs.webapp.database import Database, Row

LONGEST_TERM = 60


def search(database: Database, term: str) -> list[Row]:
    """People whose name or job title contains a term, with the term passed as a parameter.

    Args:
        database: The portal's database.
        term: What to look for; empty finds everybody.

    Returns:
        Name, title and login of each.
    """
    return database.rows(
        "SELECT name, title, login FROM accounts "
        "WHERE name LIKE '%' || :term || '%' OR title LIKE '%' || :term || '%' ORDER BY name",
        {"term": term[:LONGEST_TERM]},
    )


def read_record(database: Database, login: str, number: int) -> list[Row]:
    """A record, if it belongs to the reader.

    Args:
        database: The portal's database.
        login: Who asks.
        number: The record's number.

    Returns:
        One row of title, body and owner; or none.
    """
    return database.rows(
        "SELECT title, body, owner FROM records WHERE id = :id AND owner = :owner",
        {"id": number, "owner": login},
    )
