"""What running worlds have in common, and what a pack's author builds on.

The names of the stub beside this file are public, and imported when they are first used: a world's
process pays for what it needs.
"""

from __future__ import annotations

from openrange.lazy import attached

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


def __getattr__(name: str) -> Any:
    load, names = attached(__name__, __file__)
    return names if name == "__all__" else load(name)


def __dir__() -> list[str]:
    return sorted(attached(__name__, __file__)[1])
