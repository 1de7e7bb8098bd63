"""The weaknesses that a portal can have: a folder for each class, and in it a file each context.

A file is found by where it stands: here, or, as a package of somebody else's, in the namespace
package `openrange_weaknesses`. `context` says what has to be in it. The portal knows none by name.
"""

from __future__ import annotations

import importlib

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path
    from typing import Any

    from openrange.packs.webapp.weaknesses.context import Context
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

OTHERS = "openrange_weaknesses"


def contexts_of(package: str = __name__) -> dict[str, tuple[str, ...]]:
    """The contexts of each class, by the names of files. Nothing is imported for that.

    Args:
        package: Ours, or `OTHERS`.

    Returns:
        Names of contexts, in alphabetical order, by the names of classes.
    """
    found: dict[str, set[str]] = {}
    for folder in sorted(_folders(package)):
        for file in folder.glob("*/*.py"):
            names = (file.parent.name, file.stem)
            if all(map(_is_name, names)):
                found.setdefault(names[0], set()).add(names[1])
    return {name: tuple(sorted(found[name])) for name in sorted(found)}


def context(weakness: str, name: str) -> Context:
    """A context, of ours or else of somebody else's.

    Args:
        weakness: The class.
        name: The context's name.

    Returns:
        Its module.

    Raises:
        LookupError: There is none of that name.
    """
    if _is_name(weakness) and _is_name(name):
        for package in (__name__, OTHERS):
            path = f"{package}.{weakness}.{name}"
            try:
                found: Context = importlib.import_module(path)
                return found
            except ModuleNotFoundError as error:
                if error.name is None or not f"{path}.".startswith(f"{error.name}."):
                    raise  # of what it imports itself
    raise LookupError(f"no context {name!r} of the weakness {weakness!r} is installed")


def drawn(found: Context, draw: Draw) -> Mapping[str, Any]:
    """What a context draws for a world; nothing, where it has nothing to draw."""
    facts: Mapping[str, Any] = found.draw(draw) if hasattr(found, "draw") else {}
    return facts


def context_of(link: Link) -> Context:
    """The context of a link, as `context` finds it."""
    return context(link["weakness"], link["context"])


def _is_name(text: str) -> bool:
    return text.isascii() and text.isidentifier() and text.islower() and text[0] != "_"


def _folders(package: str) -> list[Path]:
    from pathlib import Path  # which a world's process does not need

    try:
        return [Path(folder) for folder in importlib.import_module(package).__path__]
    except ModuleNotFoundError:
        return []
