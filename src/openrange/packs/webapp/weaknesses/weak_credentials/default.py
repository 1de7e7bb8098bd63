"""An account that comes with the product, and still has the password of its manual."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.entry import SignIn, owner_of
from openrange.packs.webapp.manuals import DEFAULTS
from openrange.packs.webapp.weaknesses.weak_credentials.note import as_owner

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Account, Link

FOR_MODELS = "the first account still has the password that the product's manual gives"
FOR_PEOPLE = "the manual among the files names an account and its first password"
DOORS = ("files", "records")
HIDES = "record"


class _AsDelivered(SignIn):
    def knows(self, login: str, password: str) -> Account | None:
        """The account; or the first one, by the manual's password: the planted weakness."""
        owner = owner_of(self.site.service["records"])
        if (login, password) == (owner, first_password(self.site.words, owner)):
            return self.site.account(login)
        return super().knows(login, password)


def weaken(link: Link) -> Sequence[type]:
    """The login form that still knows the first password."""
    return [_AsDelivered]


def solve(client: Client, link: Link) -> str | None:
    """Read the manual, sign in, and read the records."""
    door, words = client.door("files"), client.words
    for each in client.service["files"]:
        if DEFAULTS[words["default"]] in client.send(door, each["title"]).body:
            owner = owner_of(client.service["records"])
            return as_owner(client, first_password(words, owner))
    return None


def first_password(words: Mapping[str, Any], login: str) -> str:
    """What the manual says that the password is."""
    template: str = words["default"]
    product, release = words["product"].lower(), words["release"]
    return template.format(product=product, release=release, login=login)


def visit(client: Client, link: Link) -> None:
    """Read the manual, and the own records."""
    for each in client.service["files"]:
        client.send(client.door("files"), each["title"])
    for record in client.own_records():
        client.record(record["id"])
