"""What a door is, and what all doors of a service share."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.database import Database
from openrange.packs.webapp.doors.session import Holder, Session
from openrange.packs.webapp.hiding import Hiding
from openrange.packs.webapp.html import Html
from openrange.worlds.http import Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account, Record, Service, World
    from openrange.packs.webapp.world import Door as Plan

LONGEST = 1_000
"""So much of a field is looked at, in characters."""


class Visit:
    """A request at a door.

    Args:
        request: The request.
        holder: Who is signed in; None for nobody.
        reader: The account of the holder.
        rest: What follows the door's own part of the path.
        first: The door's own part of the path, as it was asked for.
    """

    def __init__(
        self,
        request: Request,
        holder: Holder | None,
        reader: Account | None,
        rest: tuple[str, ...],
        first: str,
    ) -> None:
        self.request = request
        self.holder = holder
        self.reader = reader
        self.rest = rest
        self.first = first


class Site:
    """What all doors of a service share.

    Args:
        world: The whole world.
        service: The service.
        base: What stands before each of its paths.
        hiding: Its hiding places.
        session: Its sessions.
        key: What opens its gate.
        links: What its pages link to besides its own doors: paths by their names.
    """

    def __init__(
        self,
        world: World,
        service: Service,
        base: str,
        hiding: Hiding,
        session: Session,
        key: str,
        links: Mapping[str, str],
    ) -> None:
        self.world = world
        self.service = service
        self.words = service["words"]
        self.base = base
        self.hiding = hiding
        self.session = session
        self.key = key
        self.links = links
        self.database = Database(service, hiding)
        self.doors: list[Door] = []
        root, public = self.words["root"], self.words["folder"]
        self.public = f"{root}/{public}/"
        self.files = {self.public + each["title"]: each["body"] + "\n" for each in service["files"]}
        private = f"{root}/{self.words['private']}/{self.words['file']}.{self.words['ending']}"
        self.files[private] = f"{self.secret(hiding.file)}\n"
        self.pages = {each["title"]: each["body"] for each in service["internal"]}
        self.pages[service["internal"][-1]["title"]] = self.secret(hiding.service)

    def secret(self, value: str) -> str:
        """What is guarded here, and what it is."""
        return f"{self.service['secret']}: {value}"

    def account(self, login: str) -> Account | None:
        """The account of that name."""
        return next((a for a in self.service["accounts"] if a["login"] == login), None)

    def role(self, account: Account) -> str:
        """What this service calls an account's role."""
        called: str = self.words["roles"][account["role"]]
        return called

    def door(self, kind: str) -> Door | None:
        """The door of that kind, if there is one."""
        return next((door for door in self.doors if door.plan["kind"] == kind), None)

    def record_body(self, record: Record) -> str:
        """What stands in a record."""
        if record["sealed"]:
            return f"{record['body']} {self.secret(self.hiding.record)}"
        return record["body"]

    def phrase(self, name: str, **values: str) -> str:
        """What this service says in a case such as `missing`."""
        said: str = self.words["phrases"][name]
        return said.format_map(values)


class Door:
    """Answers one kind of request. A weakness replaces a door by a subclass of it.

    Args:
        site: What all doors share.
        plan: What is drawn for this door.
    """

    kind: str
    """Its name in a world."""

    is_open = False
    """Whether it is for those who have not signed in, too."""

    is_linked = True
    """Whether each page links to it."""

    def __init__(self, site: Site, plan: Plan) -> None:
        self.site = site
        self.plan = plan
        self.path = f"{site.base}/{plan['path']}"
        self.name = plan["path"].replace("-", " ").capitalize()

    def answers_to(self, first: str) -> bool:
        """Whether a path that begins so leads here."""
        return first == self.plan["path"]

    def answer(self, visit: Visit) -> Response | None:
        """Answer a request.

        Args:
            visit: The request, and who makes it.

        Returns:
            The response; None where there is no such page.
        """
        raise NotImplementedError

    def given(self, visit: Visit, name: str = "") -> str | None:
        """What the door's form says, sent as this door wants it; None if it was not sent.

        Args:
            visit: The request.
            name: A field; the door's own parameter where none is named.

        Returns:
            The text, cut to `LONGEST` characters.
        """
        request, name = visit.request, name or self.plan["parameter"]
        value: object = None
        if self.plan["method"] == "GET":
            value = request.query.get(name)
        elif request.method == "POST" and self.plan["method"] == "POST":
            value = request.form.get(name)
        elif request.method == "POST":
            document = request.json()
            value = document.get(name) if isinstance(document, dict) else None
        return None if value is None else str(value)[:LONGEST]

    def form(self, *values: str, button: str = "Show", name: str = "") -> Html:
        """The door's form, or how to do without one."""
        return pages.form(
            self.path, self.plan["method"], name or self.plan["parameter"], values, button
        )

    def page(self, visit: Visit, *parts: Html, status: HTTPStatus = HTTPStatus.OK) -> Response:
        """A page of the service, with the door's name above it."""
        return page(self.site, visit.reader, self.name, parts, status)

    def said(self, visit: Visit, status: HTTPStatus, text: str) -> Response:
        """A page that only says something."""
        return said(self.site, visit.reader, status, text)


def page(
    site: Site,
    reader: Account | None,
    title: str,
    parts: tuple[Html, ...],
    status: HTTPStatus = HTTPStatus.OK,
) -> Response:
    """A page of a service.

    Args:
        site: The service.
        reader: Who is signed in.
        title: The page's title.
        parts: What stands between header and footer.
        status: The HTTP status.

    Returns:
        The response.
    """
    headers = {"Server": site.words["server"]} if site.words["server"] else {}
    company, name = site.world["company"], site.service["title"]
    out = site.door("sign_out" if reader else "sign_in")
    links = [
        (f"{site.base}/", "Home"),
        *((door.path, door.name) for door in site.doors if door.is_linked),
        *((to, name) for name, to in site.links.items()),
        *([(out.path, "Sign out" if reader else "Sign in")] if out else []),
    ]
    brand = f"{company} {name}" if name else company
    frame = pages.Frame(brand, site.base, site.world["accent"], site.words, links)
    return Response(pages.layout(frame, reader, title, parts), status, headers)


def said(site: Site, reader: Account | None, status: HTTPStatus, text: str) -> Response:
    """A page that only says something."""
    return page(site, reader, f"{status.value} {status.phrase}", (pages.message(text),), status)


def redirect(path: str, cookie: str = "") -> Response:
    """Send a visitor elsewhere, with a cookie to set, if there is one."""
    headers = {"Location": path, "Set-Cookie": cookie} if cookie else {"Location": path}
    return Response(status=HTTPStatus.SEE_OTHER, headers=headers)
