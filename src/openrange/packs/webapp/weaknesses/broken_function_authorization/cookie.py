"""A session's cookie that says in which role its holder is, unsigned."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.session import Holder, Session
from openrange.packs.webapp.doors.signed import decoded, encoded

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a cookie says in which role its holder is, and is believed"
FOR_PEOPLE = "with another role written into the cookie, the console opens"
DOORS = ("console",)
HIDES = "console"
SESSIONS = ("random",)

FORMATS = ("dotted", "hex", "base64", "json", "fields")
MAX_COOKIE = 1_000


def draw(draw: Draw) -> Mapping[str, Any]:
    """How the role stands in the cookie, and behind which word."""
    return {"format": draw.pick(FORMATS), "word": draw.pick(("role", "as", "grade", "r", "rank"))}


def weaken(link: Link) -> Sequence[type]:
    """Sessions of which the cookie tells the role."""
    facts = link["facts"]

    class Unsigned(Session):
        def open(self, holder: Holder) -> str:
            return written(facts, super().open(holder), holder.role)

        def read(self, cookie: str) -> Holder | None:
            token, role = taken_apart(facts, cookie[:MAX_COOKIE])
            holder = super().read(token)
            if holder is None or not role:
                return holder
            return holder.taken_for(holder.login, role)  # the planted weakness

        def close(self, cookie: str) -> None:
            super().close(taken_apart(facts, cookie[:MAX_COOKIE])[0])

    return [Unsigned]


def solve(client: Client, link: Link) -> str | None:
    """Write another role into the cookie, and open the console with it."""
    facts, name = link["facts"], client.words["cookie"]
    path = client.door("console")["path"]
    client.get(path)
    token, role = taken_apart(facts, client.cookie())
    if role != client.words["roles"]["employee"]:
        return None
    forged = written(facts, token, client.words["roles"]["administrator"])
    return client.key(client.get(path, Cookie=f"{name}={forged}"))


def visit(client: Client, link: Link) -> None:
    """Try the console with the session that signing in gave."""
    client.get(client.door("console")["path"])


def written(facts: Mapping[str, Any], token: str, role: str) -> str:
    """A cookie's value."""
    if facts["format"] == "hex":
        return f"{token}-{role.encode().hex()}"
    if facts["format"] == "base64":
        return encoded(f"{token}|{role}".encode())
    if facts["format"] == "json":
        return encoded(json.dumps({"id": token, facts["word"]: role}).encode())
    if facts["format"] == "fields":
        return f"id={token}&{facts['word']}={role}"
    return f"{token}.{role}"


def taken_apart(facts: Mapping[str, Any], cookie: str) -> tuple[str, str]:
    """The token and the role in a cookie's value; empty where there is none."""
    try:
        if facts["format"] == "hex":
            token, _, code = cookie.partition("-")
            return token, bytes.fromhex(code).decode()
        if facts["format"] == "base64":
            token, _, role = decoded(cookie).decode().partition("|")
            return token, role
        if facts["format"] == "json":
            fields = json.loads(decoded(cookie))
            return str(fields["id"]), str(fields[facts["word"]])
        if facts["format"] == "fields":
            parts = dict(each.partition("=")[::2] for each in cookie.split("&"))
            return parts["id"], parts[facts["word"]]
    except (ValueError, LookupError, TypeError, RecursionError):
        return "", ""
    token, _, role = cookie.partition(".")
    return token, role
