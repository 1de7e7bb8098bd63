"""A token that says itself that it is not signed, and is taken for signed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.weaknesses.forged_tokens._tokens import (
    Believing,
    own_token,
    visit_console,
    with_role,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a signed token may say that it has no signature"
FOR_PEOPLE = "a token of the algorithm `none` needs no signature, and may claim another role"
DOORS = ("console",)
HIDES = "console"
SESSIONS = ("hmac",)

FILTERS = {"exact": ("none",), "not exact": ("None", "NONE", "nOnE")}
"""Which spellings are let through: where `none` is refused, by that spelling alone."""


def draw(draw: Draw) -> Mapping[str, Any]:
    """Which spellings are let through."""
    return {"filter": draw.pick(sorted(FILTERS))}


def weaken(link: Link) -> Sequence[type]:
    """Sessions whose tokens may be unsigned."""
    is_exact = link["facts"]["filter"] == "exact"

    class Unsigned(Believing):
        def accepts(self, header: Mapping[str, Any], signed: str, signature: bytes) -> bool:
            named = str(header.get("alg"))
            if named.lower() == "none" and (named == "none") == is_exact:
                return signature == b""  # the planted weakness
            return super().accepts(header, signed, signature)

    return [Unsigned]


def solve(client: Client, link: Link) -> str | None:
    """Leave the signature out, and say so in each spelling."""
    own = own_token(client, "HS256")
    if own is None:
        return None
    _, header, claims = own
    for names in FILTERS.values():
        unsigned = {**header, "alg": names[0]}
        if found := with_role(client, unsigned, claims, None):
            return found
    return None


visit = visit_console
