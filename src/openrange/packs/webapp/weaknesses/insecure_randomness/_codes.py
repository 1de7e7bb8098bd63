"""What the contexts of codes have in common: asking for codes, and entering one."""

from __future__ import annotations

import os
import re

from openrange.packs.webapp.doors.codes import CODES, Codes

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.doors.door import Site
    from openrange.packs.webapp.world import Door as Plan
    from openrange.packs.webapp.world import Link

_OWN = re.compile(r"Message (\d+) in your mailbox: the code is (\d{10})")
_OTHER = re.compile(r"Message (\d+) is on its way")


class Following(Codes):
    """Codes of which each follows from the one before it; the first is drawn at each boot."""

    def __init__(self, site: Site, plan: Plan) -> None:
        super().__init__(site, plan)
        self._last = int.from_bytes(os.urandom(8), "big") % CODES

    def minted(self, number: int) -> int:
        """The next code: the planted weakness."""
        self._last = self.after(self._last) % CODES
        return self._last

    def after(self, code: int) -> int:
        """What follows, before the last ten digits are taken."""
        raise NotImplementedError


def own_code(client: Client) -> tuple[int, int] | None:
    """The number of a message to oneself, and the code in it."""
    found = _OWN.search(client.send(client.door("codes"), client.login).body)
    return (int(found[1]), int(found[2])) if found else None


def own_codes(client: Client, count: int) -> list[int]:
    """So many codes of one's own, one after the other; fewer where the door sends none."""
    sent = (own_code(client) for _ in range(count))
    return [each[1] for each in sent if each]


def sent_to_administrator(client: Client) -> int | None:
    """Have a code sent to the administrator, whom the first page names; its message's number."""
    accounts = client.service["accounts"]
    name = next(each["name"] for each in accounts if each["role"] == "administrator")
    found = _OTHER.search(client.send(client.door("codes"), name).body)
    return int(found[1]) if found else None


def console_by(client: Client, code: int) -> str | None:
    """Sign in by a code, and open the console; what it gives away."""
    enter(client, code)
    return client.key(client.get(client.door("console")["path"]))


def enter(client: Client, code: int) -> None:
    """Enter a code."""
    door = client.door("codes")
    client.send(door, {door["facts"]["code"]: f"{code:010d}"})


def visit_codes(client: Client, link: Link) -> None:
    """Ask for a code of one's own, and sign in by it."""
    sent = own_code(client)
    if sent:
        enter(client, sent[1])
