"""The `webapp` pack: a small company's web portal with a chain of planted weaknesses.

pack                 what the core knows of it
choices, design      what a language model may decide, and how it is told
realize              from its design to a world: fallbacks, logins, world
chain, client        a portal from outside: solved, visited, mended
serve                the world's process: portal, doors, hiding, database, pages
weaknesses           a folder a class, a file a context
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.pack import WebappPack as WebappPack

__all__ = ["WebappPack"]


def __getattr__(name: str) -> object:
    """The pack, when it is asked for: a world's process, which imports this package, never does."""
    if name == "WebappPack":
        from openrange.packs.webapp.pack import WebappPack

        return WebappPack
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
