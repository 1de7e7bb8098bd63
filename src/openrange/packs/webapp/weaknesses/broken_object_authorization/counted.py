"""Records that are shown by number, whoever owns them."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.doors.records import Records
from openrange.packs.webapp.spellings import COUNTED
from openrange.packs.webapp.weaknesses.broken_object_authorization._counting import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Account, Link, Record

FOR_MODELS = "a record opens for everybody who counts on from the number of another"
FOR_PEOPLE = "ids are numbers, some of them spelled otherwise: the next ones are other people's"
DOORS = ("records",)
HIDES = "record"
SPELLINGS = COUNTED


class _Unchecked(Records):
    """The records, to everybody."""

    def read(self, visit: Visit, reader: Account, asked: str) -> Record | None:
        """A record, whoever asks. That the reader is not looked at is the planted weakness."""
        return self.find(asked)


def weaken(link: Link) -> Sequence[type]:
    """The records without the check."""
    return [_Unchecked]


def solve(client: Client, link: Link) -> str | None:
    """Count up and down from the own records."""
    return counted(client, client.record)


def visit(client: Client, link: Link) -> None:
    """Open the own records, each by its link."""
    for record in client.own_records():
        client.record(record["id"])
