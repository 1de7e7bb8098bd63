"""What the contexts of template injection share: the data in a template's reach, and the way there.

A real template engine reaches whole programs. This one reaches texts in dictionaries, and no
object of Python's: there is nothing to call.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import unescape

from openrange.packs.webapp.weaknesses.exploring import nearest

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.doors.door import Site
    from openrange.packs.webapp.world import Link

ROOTS = ("this", "self", "data", "model", "vars")
"""What the whole of the data may be called."""

_SHOWN = re.compile(r"zzMap\(([^)]*)\)zz")
_NAME = re.compile(r"[\w.-]+")


def reach(site: Site) -> dict[str, Any]:
    """The data in a template's reach: the company, and the files as a tree."""
    files: dict[str, Any] = {}
    for path, text in site.files.items():
        *folders, name = path.strip("/").split("/")
        here = files
        for folder in folders:
            here = here.setdefault(folder, {})
        here[name] = text
    return {"company": site.world["company"], "files": files}


def stepped(value: Any, steps: Sequence[str]) -> str:
    """What stands at the end of some steps, as text; a map shows its names, and no value.

    Args:
        value: Where to begin.
        steps: Names, one after the other.

    Returns:
        The text; empty where there is nothing.
    """
    for step in steps:
        value = value.get(step) if isinstance(value, dict) else None
    if isinstance(value, dict):
        return f"Map({', '.join(value)})"
    return str(value or "")


def walked(client: Client, written: Callable[[Sequence[str]], str]) -> str | None:
    """Look at what is there, one step after the other.

    Args:
        client: A client of the service.
        written: How an expression of such steps is typed.

    Returns:
        What the service's weakness gives away, or None.
    """

    def look(steps: tuple[str, ...]) -> tuple[str | None, list[str]]:
        page = client.send(client.door("label"), f"zz{written(steps)}zz")
        shown = _SHOWN.search(unescape(page.body))
        return client.key(page), _NAME.findall(shown[1]) if shown else []

    return nearest(look)


def print_a_label(client: Client, link: Link) -> None:
    """What an honest employee does."""
    client.get(client.door("label")["path"])
    client.send(client.door("label"), "Handle with care")
