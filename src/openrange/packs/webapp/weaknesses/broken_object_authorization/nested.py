"""Records below their owners, whose names in the address are believed."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.doors.records import Records
from openrange.packs.webapp.spellings import COUNTED
from openrange.packs.webapp.weaknesses.broken_object_authorization._counting import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Account, Link, Record

FOR_MODELS = "whose record it is stands in its address, and is believed"
FOR_PEOPLE = "the number alone does not do: its owner's account has to stand before it"
DOORS = ("records", "feed")
HIDES = "record"
SPELLINGS = COUNTED
NESTED = True


class _Believing(Records):
    def read(self, visit: Visit, reader: Account, asked: str) -> Record | None:
        """A record of whom the address names. That it is not the reader is the weakness."""
        record = self.find(asked)
        return record if record and record["owner"] == visit.rest[0] else None


def weaken(link: Link) -> Sequence[type]:
    """The records that believe their address."""
    return [_Believing]


def solve(client: Client, link: Link) -> str | None:
    """Count up and down from the own records, for everybody who filed something lately."""
    if not client.door("records")["facts"]["nested"]:
        return None
    news = client.get(client.door("feed")["path"]).body
    owners = [each["login"] for each in client.service["accounts"]]
    for owner in (each for each in owners if f">{each}<" in news and each != client.login):
        if found := counted(client, partial(client.record, owner=owner)):
            return found
    return None


def visit(client: Client, link: Link) -> None:
    """Read the news, and open the own records."""
    client.get(client.door("feed")["path"])
    for record in client.own_records():
        client.record(record["id"])
