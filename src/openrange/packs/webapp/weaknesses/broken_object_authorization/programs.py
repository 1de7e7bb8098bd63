"""Records that are kept from people, and shown to programs."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.door import Visit
from openrange.packs.webapp.doors.records import JSON, SUFFIX, Records
from openrange.packs.webapp.spellings import COUNTED
from openrange.packs.webapp.weaknesses.broken_object_authorization._counting import counted

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Account, Link, Record
    from openrange.worlds.visitor import WorldReply

FOR_MODELS = "a record is checked on its page, and not where programs ask for it"
FOR_PEOPLE = "another method, another ending or another media type gets what the page refuses"
DOORS = ("records",)
HIDES = "record"
SPELLINGS = COUNTED


class _UncheckedForPrograms(Records):
    def read_for_programs(self, visit: Visit, reader: Account, asked: str) -> Record | None:
        """A record, whoever asks. That the reader is not looked at is the planted weakness."""
        return self.find(asked)


def weaken(link: Link) -> Sequence[type]:
    """The records without the check for programs."""
    return [_UncheckedForPrograms]


def solve(client: Client, link: Link) -> str | None:
    """Count up and down from the own records, as a program."""
    return counted(client, lambda ident: _ask(client, ident))


def visit(client: Client, link: Link) -> None:
    """Open the own records, as a program."""
    for record in client.own_records():
        _ask(client, record["id"])


def _ask(client: Client, ident: str) -> WorldReply:
    programs = client.door("records")["facts"]["programs"]
    if programs == "suffix":
        return client.record(ident, ending=SUFFIX)
    if programs == "accept":
        return client.record(ident, Accept=JSON)
    path, query = client.record_address(ident)
    return client.post(path, {}, query)
