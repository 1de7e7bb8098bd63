"""What a door is, and what all doors of a portal share."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.database import Database
from openrange.packs.webapp.doors.session import Session
from openrange.packs.webapp.hiding import Hiding
from openrange.packs.webapp.html import Html
from openrange.worlds.http import Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account, World


class Visit:
    """A request at a door.

    Args:
        request: The request.
        reader: Who is signed in.
        role: In which role, as the session has it.
        rest: What follows the door's own part of the path.
    """

    def __init__(
        self, request: Request, reader: Account | None, role: str, rest: tuple[str, ...]
    ) -> None:
        self.request = request
        self.reader = reader
        self.role = role
        self.rest = rest


class Site:
    """What all doors of a portal share.

    Args:
        world: The realized portal.
        database: Its database.
        session: Its sessions.
        hiding: Its hiding places.
        files: Its files, by their paths: those below `public/` are for everybody.
        services: The pages of its internal services, by their URLs. They exist in memory only.
    """

    def __init__(
        self,
        world: World,
        database: Database,
        session: Session,
        hiding: Hiding,
        files: Mapping[str, str],
        services: Mapping[str, str],
    ) -> None:
        self.world = world
        self.database = database
        self.session = session
        self.hiding = hiding
        self.files = files
        self.services = services

    def account(self, login: str) -> Account | None:
        """The account of that name."""
        return next((a for a in self.world["accounts"] if a["login"] == login), None)


class Door:
    """Answers one kind of request. A weakness replaces a door by a subclass of it.

    Args:
        site: What all doors share.
    """

    name: str
    """Its key in `World.doors`, which says the first part of its path; or that part itself."""

    is_open = False
    """Whether it is for those who have not signed in, too."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self.path = site.world["doors"].get(self.name, self.name)

    def answer(self, visit: Visit) -> Response | None:
        """Answer a request.

        Args:
            visit: The request, and who makes it.

        Returns:
            The response; None where there is no such page.
        """
        raise NotImplementedError

    def page(
        self, visit: Visit, title: str, content: Html, status: HTTPStatus = HTTPStatus.OK
    ) -> Response:
        """A page of the portal."""
        return page(self.site, visit.reader, title, content, status)

    def said(self, visit: Visit, status: HTTPStatus, text: str) -> Response:
        """A page that only says something."""
        return said(self.site, visit.reader, status, text)


def page(
    site: Site, reader: Account | None, title: str, content: Html, status: HTTPStatus
) -> Response:
    """A page of a portal.

    Args:
        site: The portal.
        reader: Who is signed in.
        title: The page's title.
        content: What stands between header and footer.
        status: The HTTP status.

    Returns:
        The response.
    """
    return Response(pages.layout(site.world, reader, title, content), status)


def said(site: Site, reader: Account | None, status: HTTPStatus, text: str) -> Response:
    """A page that only says something.

    Args:
        site: The portal.
        reader: Who is signed in.
        status: The HTTP status.
        text: What it says.

    Returns:
        The response.
    """
    title = f"{status.value} {status.phrase}"
    return page(site, reader, title, pages.message(title, text), status)


def redirect(path: str, cookie: str = "") -> Response:
    """Send a visitor elsewhere.

    Args:
        path: Where to.
        cookie: A cookie to set, with its attributes.

    Returns:
        The response.
    """
    headers = {"Location": path, "Set-Cookie": cookie} if cookie else {"Location": path}
    return Response(status=HTTPStatus.SEE_OTHER, headers=headers)
