"""A client of one service: what solvers and honest users have in common."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode, urlsplit

from openrange.packs.webapp import keys
from openrange.packs.webapp.world import Door, Record, Service, World, door_of
from openrange.worlds.visitor import Visitor, WorldReply


class Client:
    """Passes the gate of a service, and goes through its doors.

    Args:
        visitor: A client of the running world, which keeps cookies and remembers replies.
        world: The realized world.
        number: Which of its services.
        key: What opens the gate; None for nothing.
    """

    def __init__(self, visitor: Visitor, world: World, number: int, key: str | None) -> None:
        self.visitor = visitor
        self.service: Service = world["services"][number]
        self.words = self.service["words"]
        self._own = key
        self._kind = world["chain"][number]["key"]
        self._headers: dict[str, str] = {}
        self._query: dict[str, str] = {}
        gate, mount = self.service["gate"], self.service["mount"]
        self.login = gate["login"]
        if gate["kind"] == "address" and key:
            mount = key
        self.base = f"/{mount}" if mount else ""
        if self.service["by_host"]:
            self.base = ""
            self._headers["Host"] = f"{mount}.localhost:{urlsplit(visitor.base_url).port}"
        where, _, name = gate["place"].partition(":")
        if gate["kind"] == "token" and key is not None:
            (self._query if where == "query" else self._headers)[name] = key
        self.is_in = gate["kind"] != "password" or self.sign_in(self.login, key or "")

    def get(self, path: str, query: Mapping[str, str] | None = None, **headers: str) -> WorldReply:
        """Ask for a page, by its path within the service."""
        asked = {**self._query, **(query or {})}
        return self.visitor.get(f"{self.base}/{path}", asked, {**self._headers, **headers})

    def post(
        self, path: str, form: Mapping[str, str], query: Mapping[str, str] | None = None
    ) -> WorldReply:
        """Send a form."""
        return self.visitor.post(self._with_query(path, query), form, self._headers)

    def send(self, door: Door, values: Mapping[str, str] | str) -> WorldReply:
        """Send a door's form, in the way in which the door wants it.

        Args:
            door: The door.
            values: The fields; or the value of the door's own one.

        Returns:
            The reply.
        """
        fields = {door["parameter"]: values} if isinstance(values, str) else dict(values)
        if door["method"] == "GET":
            return self.get(door["path"], fields)
        if door["method"] == "POST":
            return self.post(door["path"], fields)
        return self.visitor.post_json(self._with_query(door["path"]), fields, self._headers)

    def door(self, kind: str) -> Door:
        """The door of that kind.

        Raises:
            LookupError: The service has none.
        """
        door = door_of(self.service, kind)
        if door is None:
            raise LookupError(f"the service has no door {kind!r}")
        return door

    def sign_in(self, login: str, password: str) -> bool:
        """Post the login form; whether it took the password."""
        door = self.door("sign_in")
        form = {door["parameter"]: login, door["facts"]["secret"]: password}
        page = self.post(door["path"], form)
        return page.status == 200 and page.url.partition("?")[0].endswith(f"{self.base}/")

    def cookie(self) -> str:
        """The value of the session's cookie; empty where there is none."""
        wanted = self.words["cookie"], f"{self.base}/"
        cookies = self.visitor.cookies
        return next((e.value or "" for e in cookies if (e.name, e.path) == wanted), "")

    def key(self, page: WorldReply) -> str | None:
        """What the service's weakness gives away, if a page shows it."""
        return keys.find(self._kind, page.body, self._own)

    def own_records(self) -> list[Record]:
        """The records that the list of own records shows."""
        page = self.get(self.door("records")["path"])
        return [
            each
            for each in self.service["records"]
            if each["owner"] == self.login and f">{each['id']}<" in page.body
        ]

    def record(self, ident: str, owner: str = "", ending: str = "", **headers: str) -> WorldReply:
        """Ask for a record.

        Args:
            ident: Its id.
            owner: Whose it is, where the address says so; the own account otherwise.
            ending: What follows the id.
            headers: Header lines.

        Returns:
            The reply.
        """
        path, query = self.record_address(ident + ending, owner)
        return self.get(path, query, **headers)

    def record_address(self, ident: str, owner: str = "") -> tuple[str, dict[str, str]]:
        """The path and the query of a record's address."""
        door = self.door("records")
        if not door["facts"]["in_path"]:
            return door["path"], {door["parameter"]: ident}
        parts = [door["path"], *([owner or self.login] if door["facts"]["nested"] else []), ident]
        return "/".join(parts), {}

    def _with_query(self, path: str, query: Mapping[str, str] | None = None) -> str:
        asked = urlencode({**self._query, **(query or {})})
        return f"{self.base}/{path}?{asked}" if asked else f"{self.base}/{path}"
