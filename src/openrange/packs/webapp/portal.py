"""The portal itself: from a request to a response, without a socket."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

from openrange.packs.webapp import pages, queries
from openrange.packs.webapp.database import Database, QueryError
from openrange.packs.webapp.sessions import COOKIE, ServerSessions, Session, Sessions
from openrange.packs.webapp.weaknesses import (
    WEAKNESSES,
    forged_session,
    insecure_direct_object_reference,
    sql_injection,
)
from openrange.packs.webapp.world import ADMINISTRATOR, Account, World

HTML = "text/html; charset=utf-8"
MAX_NUMBER_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Request:
    """What the portal needs to know of a request.

    Args:
        method: `GET` or `POST`.
        path: The decoded path.
        query: The parameters of the URL.
        form: The fields of the body.
        cookie: The value of the session cookie, or empty.
    """

    method: str
    path: str
    query: Mapping[str, str] = field(default_factory=dict)
    form: Mapping[str, str] = field(default_factory=dict)
    cookie: str = ""


@dataclass(frozen=True, slots=True)
class Response:
    """What the portal answers.

    Args:
        body: The text of the reply.
        status: The HTTP status.
        headers: Further header lines.
        content_type: The media type of the body.
    """

    body: str = ""
    status: HTTPStatus = HTTPStatus.OK
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = HTML


class Portal:
    """A running portal: its database, its sessions and its doors, one of them weak.

    Args:
        world: The realized portal.
        flag: The secret, which goes where the planted weakness exposes it and nowhere else.

    Raises:
        KeyError: The world's weakness is none of the pack's.
        ValueError: The world's vault is none of the pack's.
    """

    def __init__(self, world: World, flag: str) -> None:
        weakness = world["weakness"]
        hidden = WEAKNESSES[weakness].hide(flag)
        self._world = world
        self._console_secret = hidden.console
        self._database = Database(world, hidden)
        self._accounts = {account["login"]: account for account in world["accounts"]}
        self._shows_sql_errors = weakness == sql_injection.NAME
        self._search = sql_injection.search if weakness == sql_injection.NAME else queries.search
        self._read_record = (
            insecure_direct_object_reference.read_record
            if weakness == insecure_direct_object_reference.NAME
            else queries.read_record
        )
        self._sessions: Sessions = (
            forged_session.UnsignedSessions()
            if weakness == forged_session.NAME
            else ServerSessions()
        )

    def answer(self, request: Request) -> Response:
        """Answer one request.

        Args:
            request: The request.

        Returns:
            The response, which is a page even where something went wrong.
        """
        session = self._sessions.read(request.cookie)
        reader = self._accounts.get(session.login) if session else None
        try:
            return self._route(request, reader, session.role if session and reader else "")
        except QueryError:
            pass  # no statement of ours is wrong: the database is too busy or out of memory
        return self._said(
            reader, HTTPStatus.INTERNAL_SERVER_ERROR, "Something went wrong. Please try again."
        )

    def _route(self, request: Request, reader: Account | None, role: str) -> Response:
        door = self._world["doors"]
        match [part for part in request.path.split("/") if part]:
            case []:
                return self._home(reader)
            case ["login"]:
                return self._login(request, reader)
            case ["logout"]:
                return self._logout(request, reader)
            case ["robots.txt"]:
                rules = f"User-agent: *\nDisallow: /{door['console']}\n"
                return Response(rules, content_type="text/plain; charset=utf-8")
            case [first, *rest] if first in (door["directory"], door["records"], door["console"]):
                if reader is None:
                    return _redirect("/login")
                if first == door["directory"] and not rest:
                    return self._directory(request, reader)
                if first == door["console"] and not rest:
                    return self._console(reader, role)
                if first == door["records"]:
                    return self._records(reader, rest)
        return self._not_found(reader)

    def _home(self, reader: Account | None) -> Response:
        notices = self._database.rows("SELECT title, body FROM notices ORDER BY rowid")
        return self._page(reader, "Home", pages.home(self._world, reader, notices))

    def _login(self, request: Request, reader: Account | None) -> Response:
        if request.method != "POST":
            return self._page(reader, "Sign in", pages.login())
        login = request.form.get("username", "").strip()
        if not self._database.knows(login, request.form.get("password", "")):
            content = pages.login("Account or password is wrong.")
            return self._page(reader, "Sign in", content, HTTPStatus.FORBIDDEN)
        cookie = self._sessions.open(Session(login, self._accounts[login]["role"]))
        return _redirect("/", f"{COOKIE}={cookie}; Path=/; HttpOnly; SameSite=Lax")

    def _logout(self, request: Request, reader: Account | None) -> Response:
        if request.method != "POST":
            return self._page(reader, "Sign out", pages.logout())
        self._sessions.close(request.cookie)
        return _redirect("/", f"{COOKIE}=; Path=/; Max-Age=0; HttpOnly; SameSite=Lax")

    def _directory(self, request: Request, reader: Account) -> Response:
        term = request.query.get(self._world["doors"]["parameter"], "")
        try:
            people = self._search(self._database, term)
        except QueryError as error:
            if not self._shows_sql_errors:
                raise
            reason = str(error)
        else:
            content = pages.directory(self._world, term, people)
            return self._page(reader, pages.label(self._world["doors"]["directory"]), content)
        return self._said(reader, HTTPStatus.INTERNAL_SERVER_ERROR, f"Database error: {reason}")

    def _records(self, reader: Account, rest: list[str]) -> Response:
        title = pages.label(self._world["doors"]["records"])
        match rest:
            case []:
                own = self._database.rows(
                    "SELECT id, title FROM records WHERE owner = :owner ORDER BY id",
                    {"owner": reader["login"]},
                )
                return self._page(reader, title, pages.records(self._world, own))
            case [digits] if _is_number(digits):
                rows = self._read_record(self._database, reader["login"], int(digits))
                if rows:
                    content = pages.record(self._world, int(digits), rows[0])
                    return self._page(reader, title, content)
        return self._not_found(reader)

    def _console(self, reader: Account, role: str) -> Response:
        if role != ADMINISTRATOR:
            return self._said(reader, HTTPStatus.FORBIDDEN, "This page is for administrators only.")
        accounts = self._database.rows("SELECT login, name, role FROM accounts ORDER BY login")
        content = pages.console(self._world, self._console_secret, accounts)
        return self._page(reader, pages.label(self._world["doors"]["console"]), content)

    def _not_found(self, reader: Account | None) -> Response:
        return self._said(reader, HTTPStatus.NOT_FOUND, "There is no such page.")

    def _said(self, reader: Account | None, status: HTTPStatus, text: str) -> Response:
        title = f"{status.value} {status.phrase}"
        return self._page(reader, title, pages.message(title, text), status)

    def _page(
        self,
        reader: Account | None,
        title: str,
        content: str,
        status: HTTPStatus = HTTPStatus.OK,
    ) -> Response:
        return Response(pages.layout(self._world, reader, title, content), status)


def _redirect(path: str, cookie: str = "") -> Response:
    headers = {"Location": path}
    if cookie:
        headers["Set-Cookie"] = cookie
    return Response(status=HTTPStatus.SEE_OTHER, headers=headers)


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
