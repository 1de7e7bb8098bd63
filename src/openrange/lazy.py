"""Packages whose names stand in a stub, and are imported when they are first used."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

_ATTACHED: dict[str, tuple[Any, list[str]]] = {}


def attached(package: str, file: str) -> tuple[Any, list[str]]:
    """What a package takes its names from.

    The library for that is loaded with the first name, and not with the package: a world's process
    uses none.

    Args:
        package: The package's name.
        file: Its `__init__.py`, beside which the stub is.

    Returns:
        What loads a name, and all names.
    """
    if package not in _ATTACHED:
        import lazy_loader  # type: ignore[import-untyped]

        load, _, names = lazy_loader.attach_stub(package, file)
        _ATTACHED[package] = load, names
    return _ATTACHED[package]
