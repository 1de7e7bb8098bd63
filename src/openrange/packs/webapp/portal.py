"""A whole world behind one port: from a request to a response, without a socket."""

from __future__ import annotations

from http import HTTPStatus

from openrange.packs.webapp import keys
from openrange.packs.webapp.database import QueryError
from openrange.packs.webapp.doors import DOORS
from openrange.packs.webapp.doors.door import Door, Site, Visit, page, redirect, said
from openrange.packs.webapp.doors.entry import opened
from openrange.packs.webapp.doors.session import Holder, Session
from openrange.packs.webapp.doors.signed import KEY_FILE, Signed, SignedByKey
from openrange.packs.webapp.hiding import Hiding
from openrange.packs.webapp.pages import message
from openrange.packs.webapp.weaknesses import context_of
from openrange.worlds.http import Request, Response, bare

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Service, World


SESSIONS: dict[str, type[Session]] = {"random": Session, "hmac": Signed, "key": SignedByKey}
"""What sessions are like, by the word for it."""


class Portal:
    """A running world: its services, on each of which a link of its chain replaces a door.

    It knows no weakness by name. A link that is `mended` hides what it hides, and leaves its
    service as it is.

    Args:
        world: The realized world.
        flag: What the last link of the chain gives away; what the others do follows from it.

    Raises:
        LookupError: The world's chain has a context that is not installed.
        ValueError: A service has a table of a name that is none.
    """

    def __init__(self, world: World, flag: str) -> None:
        key = world["agent"]["password"]
        self._by_path: dict[str, _Service] = {}
        self._by_host: dict[str, _Service] = {}
        for number, service in enumerate(world["services"]):
            is_last = number == len(world["chain"]) - 1
            kind, mount = world["chain"][number]["key"], service["mount"]
            gives = flag
            if not is_last:
                word = world["services"][number + 1]["mount"]
                gives = keys.spelled(kind, word, keys.minted(flag, number))
            if service["gate"]["kind"] == "address":
                mount = key
            running = _Service(world, number, key, gives, "" if service["by_host"] else mount)
            (self._by_host if service["by_host"] else self._by_path)[mount] = running
            key = gives

    def answer(self, request: Request) -> Response:
        """Answer one request.

        Args:
            request: The request.

        Returns:
            The response, which is a page even where something went wrong.
        """
        parts = [part for part in request.path.split("/") if part]
        if request.service:
            service = self._by_host.get(request.service)
            return service.answer(request, parts) if service else bare(HTTPStatus.NOT_FOUND)
        service = self._by_path.get(parts[0]) if parts else None
        if service:
            return service.answer(request, parts[1:])
        return self._by_path[""].answer(request, parts)


class _Service:
    """A running service.

    Args:
        world: The world.
        number: Which of its services.
        key: What opens its gate.
        gives: What its weakness gives away.
        mount: The first part of its paths; empty for none.
    """

    def __init__(self, world: World, number: int, key: str, gives: str, mount: str) -> None:
        service, link = world["services"][number], world["chain"][number]
        context, hiding = context_of(link), Hiding()
        setattr(hiding, context.HIDES, gives)
        weak = [] if link.get("mended") else context.weaken(link)

        def as_planted(kind: type, sound: type | None = None) -> type:
            return next((door for door in weak if issubclass(door, kind)), sound or kind)

        base = f"/{mount}" if mount else ""
        links = _links(world["services"]) if number == 0 else {}
        session = as_planted(Session, SESSIONS[service["words"]["sessions"]])
        self._site = site = Site(world, service, base, hiding, session(), key, links)
        self._home: Door = as_planted(DOORS["home"])(
            site, {"kind": "home", "path": "", "method": "GET", "parameter": "", "facts": {}}
        )
        site.doors = [as_planted(DOORS[plan["kind"]])(site, plan) for plan in service["doors"]]

    def answer(self, request: Request, parts: list[str]) -> Response:
        site = self._site
        if request.method not in ("GET", "POST"):
            return said(site, None, HTTPStatus.METHOD_NOT_ALLOWED, "That is not done here.")
        gate, name = site.service["gate"], site.words["cookie"]
        holder = site.session.read(request.cookie(name))
        is_let_in = holder is not None or gate["kind"] != "token"
        if not is_let_in and _token(request, gate["place"]) != site.key:
            where = (
                gate["place"].replace("header:", "the header ").replace("query:", "the parameter ")
            )
            text = f"This service takes a token, in {where}."
            return page(site, None, "401 Unauthorized", (message(text),), HTTPStatus.UNAUTHORIZED)
        cookie = ""
        if holder is None and gate["kind"] != "password":
            account = site.account(gate["login"])
            assert account is not None
            holder, cookie = opened(site, account)
        response = self._answered(request, parts, holder)
        if cookie and "Set-Cookie" not in response.headers:
            response.headers = {**response.headers, "Set-Cookie": cookie}
        return response

    def _answered(self, request: Request, parts: list[str], holder: Holder | None) -> Response:
        site = self._site
        reader = site.account(holder.login) if holder else None
        first, *rest = parts or [""]
        visit = Visit(request, holder if reader else None, reader, tuple(rest), first)
        door = next((each for each in site.doors if each.answers_to(first)), None)
        if not first:
            door = self._home
        response: Response | None = None
        try:
            if first == "robots.txt" and not rest:
                return _robots(site)
            if first == KEY_FILE and not rest and site.session.public:
                return Response(site.session.public, content_type="application/x-pem-file")
            if door is not None:
                sign_in = site.door("sign_in")
                if reader is None and not door.is_open and sign_in is not None:
                    return redirect(sign_in.path)
                response = door.answer(visit)
        except QueryError:  # no statement of ours is wrong: the database is busy or out of memory
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            return said(site, reader, status, "Something went wrong. Please try again.")
        if response is None:
            return said(site, reader, HTTPStatus.NOT_FOUND, site.phrase("missing"))
        return response


def _token(request: Request, place: str) -> str:
    where, _, name = place.partition(":")
    if where == "query":
        return request.query.get(name, "")
    return request.headers.get(name.lower(), "").removeprefix("Bearer ")


def _links(services: list[Service]) -> dict[str, str]:
    """Where the other services are, as far as everybody may know."""
    return {
        each["title"]: f"/{each['mount']}/"
        for each in services[1:]
        if not each["by_host"] and each["gate"]["kind"] != "address"
    }


def _robots(site: Site) -> Response:
    console = site.door("console")
    rules = f"User-agent: *\nDisallow: {console.path if console else '/'}\n"
    return Response(rules, content_type="text/plain; charset=utf-8")
