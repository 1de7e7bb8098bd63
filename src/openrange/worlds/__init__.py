"""What running worlds have in common, and what a pack's author builds on.

The names of the stub beside this file are public, and imported when they are first used: a world's
process pays for what it needs.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def _stub() -> tuple[Any, Any, list[str]]:
    import lazy_loader

    load, listed, names = lazy_loader.attach_stub(__name__, __file__)
    return load, listed, names


def __getattr__(name: str) -> Any:
    load, _, names = _stub()
    return names if name == "__all__" else load(name)


def __dir__() -> list[str]:
    return sorted(_stub()[2])
