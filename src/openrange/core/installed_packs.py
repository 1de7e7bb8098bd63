"""Packs as plugins: which classes are one, and the one that a manifest asks for."""

from __future__ import annotations

import inspect
from pathlib import Path

from openrange.core.manifest import PackRef
from openrange.core.pack import Pack
from openrange.errors import ManifestError, OpenRangeError, PackError
from openrange.llm.text import raised
from openrange.plugins.entry_points import PACKS, normalized
from openrange.plugins.groups import Group
from openrange.plugins.registry import Plugins


def _no_pack(loaded: type, distribution: str) -> str | None:
    if not issubclass(loaded, Pack):
        return "is not a subclass of openrange.Pack"
    if inspect.isabstract(loaded):
        missing = ", ".join(sorted(loaded.__abstractmethods__))
        return f"is not complete: it lacks {missing}"
    for name, kind in {"id": str, "version": str, "summary": str, "directory": Path}.items():
        if not isinstance(getattr(loaded, name, None), kind):
            return f"is not complete: its {name} is no {kind.__name__}"
    if not loaded.directory.is_dir():
        return "is not complete: its directory does not exist"
    return None


PACK = Group(PACKS, "pack", PackError, _no_pack)


def installed_pack(wanted: PackRef, plugins: Plugins) -> Pack:
    """The installed pack that somebody asks for.

    Args:
        wanted: Its name, and where it has to come from.
        plugins: What is installed, as the user configured it.

    Returns:
        The pack.

    Raises:
        PackError: It is not installed, blocked, broken, or claimed twice.
        ManifestError: It is installed, but from another distribution than the one that is named.
    """
    if wanted.source is not None:
        entries = plugins.registered(PACK, wanted.id)
        owners = {normalized(entry.distribution) for entry in entries}
        if normalized(wanted.source) not in owners:
            raise ManifestError(
                f"manifest: pack.source {wanted.source!r} is no installed distribution that "
                f"provides the pack {wanted.id!r}"
            )
        plugins = plugins.pinned(wanted.id, wanted.source)
    try:
        pack: Pack = plugins.load(PACK, wanted.id)()
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's constructor may raise anything
        raise PackError(f"the pack {wanted.id!r} cannot be made ({raised(error)})") from None
    return pack
