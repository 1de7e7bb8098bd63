"""Signing in and out."""

from __future__ import annotations

from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit, redirect
from openrange.packs.webapp.doors.session import COOKIE, Holder
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account


class SignIn(Door):
    """The login form."""

    name = "login"
    is_open = True

    def answer(self, visit: Visit) -> Response | None:
        """The form, or what became of it."""
        if visit.rest:
            return None
        if visit.request.method != "POST":
            return self.page(visit, "Sign in", pages.login())
        form = visit.request.form
        account = self.knows(form.get("username", "").strip(), form.get("password", ""))
        if account is None:
            content = pages.login("Account or password is wrong.")
            return self.page(visit, "Sign in", content, HTTPStatus.FORBIDDEN)
        cookie = self.site.session.open(Holder(account["login"], account["role"]))
        return redirect("/", f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax")

    def knows(self, login: str, password: str) -> Account | None:
        """The account, if this is its password. Nobody but the agent has one.

        Args:
            login: The account's name.
            password: What was given as its password.

        Returns:
            The account, or None.
        """
        agent = self.site.world["agent"]
        is_right = (login, password) == (agent["login"], agent["password"])
        return self.site.account(login) if is_right else None


class SignOut(Door):
    """Asks before it signs out, so that following a link does not end a session."""

    name = "logout"
    is_open = True

    def answer(self, visit: Visit) -> Response | None:
        """The question, or the end of the session."""
        if visit.rest:
            return None
        if visit.request.method != "POST":
            return self.page(visit, "Sign out", pages.logout())
        self.site.session.close(visit.request.cookie(COOKIE))
        return redirect("/", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")
