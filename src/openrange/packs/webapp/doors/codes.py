"""One-time codes: somebody who has no password at hand signs in with one of them."""

from __future__ import annotations

import os
import threading
from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Site, Visit, redirect
from openrange.packs.webapp.doors.entry import opened
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Door as Plan

CODES = 10**10
"""So many codes there are: each has ten digits."""
MAX_OPEN = 200
MAX_WRONG = 50


class Codes(Door):
    """Sends a code to whoever is named, and signs in by a code, once.

    There is no mail: one's own code is shown at once, and nobody else's ever. So many codes are
    open at a time; the oldest goes. Who has entered too many wrong ones may enter no more.
    """

    kind = "codes"

    def __init__(self, site: Site, plan: Plan) -> None:
        super().__init__(site, plan)
        self._lock = threading.Lock()
        self._number = int.from_bytes(os.urandom(3), "big")
        self._open: dict[str, str] = {}
        self._wrong: dict[str, int] = {}

    def answer(self, visit: Visit) -> Response | None:
        """The forms, and what became of what they sent."""
        if visit.rest:
            return None
        field = self.plan["facts"]["code"]
        code, asked = self.given(visit, field), self.given(visit)
        if code:
            return self.redeemed(visit, code.strip())
        told = [] if asked is None else [pages.message(self.sent(visit, asked.strip()))]
        forms = self.form(button="Send a code"), self.form(button="Sign in", name=field)
        return self.page(visit, *told, *forms)

    def sent(self, visit: Visit, asked: str) -> str:
        """Send a code to somebody, by account or name; what is said of it."""
        assert visit.reader is not None
        accounts = self.site.service["accounts"]
        account = next((e for e in accounts if asked in (e["login"], e["name"])), None)
        if account is None:
            return self.site.phrase("nothing")
        with self._lock:
            self._number += 1
            number = self._number
            code = f"{self.minted(number) % CODES:010d}"
            self._open[code] = account["login"]
            if len(self._open) > MAX_OPEN:
                del self._open[next(iter(self._open))]
        if account["login"] != visit.reader["login"]:
            return f"Message {number} is on its way to {account['name']}."
        return f"Message {number} in your mailbox: the code is {code}."

    def minted(self, number: int) -> int:
        """A new code, of which nothing else tells anything.

        Args:
            number: Of its message.

        Returns:
            A number, of which the last ten digits are taken.
        """
        return int.from_bytes(os.urandom(8), "big")

    def redeemed(self, visit: Visit, code: str) -> Response:
        """A session of whoever the code was sent to."""
        assert visit.reader is not None
        login = visit.reader["login"]
        with self._lock:
            wrong = self._wrong.get(login, 0)
            holder = None if wrong >= MAX_WRONG else self._open.pop(code, None)
            self._wrong[login] = wrong + (holder is None)
        if wrong >= MAX_WRONG:
            return self.said(visit, HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong codes.")
        account = self.site.account(holder) if holder else None
        if account is None:
            return self.said(visit, HTTPStatus.FORBIDDEN, self.site.phrase("wrong"))
        return redirect(f"{self.site.base}/", opened(self.site, account)[1])
