"""The portal itself: from a request to a response, without a socket."""

from __future__ import annotations

import os
from http import HTTPStatus

from openrange.packs.webapp.database import Database, QueryError
from openrange.packs.webapp.doors import DOORS
from openrange.packs.webapp.doors.door import Door, Site, Visit, redirect, said
from openrange.packs.webapp.doors.downloads import PUBLIC
from openrange.packs.webapp.doors.preview import HIDDEN, SHOWN
from openrange.packs.webapp.doors.session import COOKIE, Session
from openrange.packs.webapp.hiding import Hiding
from openrange.packs.webapp.weaknesses import context_of
from openrange.worlds.http import Request, Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import World


class Portal:
    """A running portal: its doors, of which its chain replaces some by weak ones.

    It knows no weakness by name. A link of the chain that is `mended` hides what it hides, and
    leaves its door as it is.

    Args:
        world: The realized portal.
        flag: What the last link of the chain gives away. What the others do is drawn here.

    Raises:
        LookupError: The world's chain has a context that is not installed.
        ValueError: The world's vault is none of the pack's.
    """

    def __init__(self, world: World, flag: str) -> None:
        hiding = Hiding()
        weak: list[type[object]] = []
        for position, link in enumerate(world["chain"], start=1):
            context = context_of(link)
            is_last = position == len(world["chain"])
            context.place(hiding, flag if is_last else os.urandom(16).hex(), link)
            if not link.get("mended"):
                weak.append(context.weaken(link))

        def as_planted(sound: type[object]) -> type[object]:
            return next((door for door in weak if issubclass(door, sound)), sound)

        session = as_planted(Session)()
        assert isinstance(session, Session)
        files, services = _files(world, hiding), _services(hiding)
        site = Site(world, Database(world, hiding), session, hiding, files, services)
        doors = [as_planted(door)(site) for door in DOORS]  # type: ignore[call-arg]
        self._site = site
        self._doors = {door.path: door for door in doors if isinstance(door, Door)}

    def answer(self, request: Request) -> Response:
        """Answer one request.

        Args:
            request: The request.

        Returns:
            The response, which is a page even where something went wrong.
        """
        holder = self._site.session.read(request.cookie(COOKIE))
        reader = self._site.account(holder.login) if holder else None
        if request.method not in ("GET", "POST"):
            return said(self._site, reader, HTTPStatus.METHOD_NOT_ALLOWED, "Pages are only read.")
        first, *rest = [part for part in request.path.split("/") if part] or [""]
        visit = Visit(request, reader, holder.role if holder and reader else "", tuple(rest))
        door = self._doors.get(first)
        try:
            if first == "robots.txt" and not rest:
                response = _robots(self._site.world)
            elif door is None:
                response = None
            elif reader is None and not door.is_open:
                return redirect("/login")
            else:
                response = door.answer(visit)
        except QueryError:  # no statement of ours is wrong: the database is busy or out of memory
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            response = said(self._site, reader, status, "Something went wrong. Please try again.")
        if response is None:
            return said(self._site, reader, HTTPStatus.NOT_FOUND, "There is no such page.")
        return response


def _robots(world: World) -> Response:
    rules = f"User-agent: *\nDisallow: /{world['doors']['console']}\n"
    return Response(rules, content_type="text/plain; charset=utf-8")


def _files(world: World, hiding: Hiding) -> dict[str, str]:
    return {
        **{PUBLIC + file["name"]: file["text"] + "\n" for file in world["files"]},
        "private/recovery.txt": f"Recovery code: {hiding.file}\n",
    }


def _services(hiding: Hiding) -> dict[str, str]:
    calendar, status = SHOWN
    return {
        calendar: "No meetings today.",
        status: "All services are up.",
        HIDDEN: f"Recovery code: {hiding.service}",
    }
