"""The program that serves a portal: `python -P -m openrange.packs.webapp.serve`."""

from __future__ import annotations

from openrange.packs.webapp.portal import Portal
from openrange.worlds.program import serve

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any

    from openrange.worlds.http import Request, Response


def _portal(world: Mapping[str, Any], flag: str) -> Callable[[Request], Response]:
    return Portal(world, flag).answer  # type: ignore[arg-type]  # it is one, or else fails


if __name__ == "__main__":
    serve(_portal)
