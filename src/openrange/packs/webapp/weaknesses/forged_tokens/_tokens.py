"""What the contexts of forged tokens have in common: claims that are believed, and forging them."""

from __future__ import annotations

from collections.abc import Mapping

from openrange.packs.webapp.doors.session import Holder
from openrange.packs.webapp.doors.signed import Signed, coded, encoded, mac, taken_apart

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link


class Believing(Signed):
    """Sessions whose holder is whoever the token claims: without that, forging one is of no use."""

    def believed(self, claims: Mapping[str, Any], holder: Holder) -> Holder:
        """Who it is, by what the token says: one half of each planted weakness."""
        return holder.taken_for(str(claims.get("sub")), str(claims.get("role")))


def own_token(client: Client, algorithm: str) -> tuple[str, dict[str, Any], dict[str, Any]] | None:
    """The own token, its header and its claims; None unless it announces the algorithm."""
    client.get(client.door("console")["path"])
    token = client.cookie()
    header, claims, _, _ = taken_apart(token)
    return (token, {**header}, {**claims}) if header.get("alg") == algorithm else None


def with_role(
    client: Client,
    header: Mapping[str, Any],
    claims: Mapping[str, Any],
    secret: bytes | None,
) -> str | None:
    """Open the console with a token that claims to be an administrator's.

    Args:
        client: A client of the service.
        header: The token's header.
        claims: What the own token claims.
        secret: What it is signed with; None for no signature.

    Returns:
        What the console gives away, or None.
    """
    forged = {**claims, "role": client.words["roles"]["administrator"]}
    signed = f"{coded(header)}.{coded(forged)}"
    signature = "" if secret is None else encoded(mac(secret, signed))
    cookie = f"{client.words['cookie']}={signed}.{signature}"
    return client.key(client.get(client.door("console")["path"], Cookie=cookie))


def visit_console(client: Client, link: Link) -> None:
    """Try the console with the session that signing in gave."""
    client.get(client.door("console")["path"])
