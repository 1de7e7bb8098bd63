"""The way in and out: the first page, the login form, and signing out."""

from __future__ import annotations

from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit, redirect
from openrange.packs.webapp.doors.session import Holder
from openrange.packs.webapp.html import Html
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.doors.door import Site
    from openrange.packs.webapp.world import Account, Record


class Home(Door):
    """Shows what the company is, and its notices."""

    kind = "home"
    is_open = True
    is_linked = False

    def answer(self, visit: Visit) -> Response | None:
        """The first page."""
        site = self.site
        notices = [pages.article(each["title"], each["body"]) for each in site.service["notices"]]
        return self.page(visit, pages.about(site.world, site.service["title"]), *notices)


class SignIn(Door):
    """The login form."""

    kind = "sign_in"
    is_open = True
    is_linked = False

    def answer(self, visit: Visit) -> Response | None:
        """The form, or what became of it."""
        if visit.rest:
            return None
        request, site = visit.request, self.site
        if request.method != "POST":
            return self.page(visit, self.fields())
        login = request.form.get(self.plan["parameter"], "").strip()
        account = self.knows(login, request.form.get(self.plan["facts"]["secret"], ""))
        if account is None:
            alert = pages.message(site.phrase("wrong"))
            return self.page(visit, alert, self.fields(), status=HTTPStatus.FORBIDDEN)
        return redirect(f"{site.base}/", opened(site, account)[1])

    def fields(self) -> Html:
        """The form."""
        return pages.login(self.path, self.plan["parameter"], self.plan["facts"]["secret"])

    def knows(self, login: str, password: str) -> Account | None:
        """The account, if this is its password. One has one: that which the service's gate is for,
        where a password opens it.
        """
        gate = self.site.service["gate"]
        is_right = gate["kind"] == "password" and (login, password) == (
            gate["login"],
            self.site.key,
        )
        return self.site.account(login) if is_right else None


class SignOut(Door):
    """Asks before it signs out, so that following a link does not end a session."""

    kind = "sign_out"
    is_open = True
    is_linked = False

    def answer(self, visit: Visit) -> Response | None:
        """The question, or the end of the session."""
        if visit.rest:
            return None
        if visit.request.method != "POST":
            return self.page(visit, pages.logout(self.path))
        name = self.site.words["cookie"]
        self.site.session.close(visit.request.cookie(name))
        return redirect(
            f"{self.site.base}/", f"{name}=; Path={self.site.base}/; Max-Age=0; HttpOnly"
        )


def opened(site: Site, account: Account) -> tuple[Holder, str]:
    """A new session: its holder, and its cookie with all attributes."""
    holder = Holder(account["login"], site.role(account))
    value = site.session.open(holder)
    return holder, f"{site.words['cookie']}={value}; Path={site.base}/; HttpOnly; SameSite=Lax"


def owner_of(records: list[Record]) -> str:
    """Who owns the sealed record."""
    return next(record["owner"] for record in records if record["sealed"])
