"""What plugins may be: a value for each group of entry points from which classes are loaded."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from openrange.errors import BackendNotFoundError, OpenRangeError
from openrange.plugins.entry_points import BACKENDS, CORE
from openrange.plugins.known_plugins import known_plugins

CONTRACT = 1
"""The version of the backend contract; a class that needs another sets `openrange_contract`."""

_UNDECLARED = 1  # what a class was written for that says nothing, also once there is a version 2


@dataclass(frozen=True, slots=True)
class Group:
    """One sort of plugin.

    Args:
        name: The entry-point group.
        noun: What one of them is called.
        error: What is raised where one cannot be had.
        objection: What is wrong with a class that was loaded, given the class and the distribution
            that registers it, in words that follow the class's name; None if nothing is.
        elsewhere: Names that could be had, and what to do for each.
        is_reserved: Whether the core's names in it are nobody else's.
    """

    name: str
    noun: str
    error: type[OpenRangeError]
    objection: Callable[[type, str], str | None]
    elsewhere: Callable[[], Mapping[str, str]] = dict
    is_reserved: bool = False


def _no_backend(loaded: type, distribution: str) -> str | None:
    """Which package is too old for the other; True and 1.0 are no versions, though equal to 1."""
    if not callable(getattr(loaded, "complete", None)):
        return "is not a backend: it has no method `complete`"
    contract = getattr(loaded, "openrange_contract", _UNDECLARED)
    if type(contract) is not int:
        return f"has an openrange_contract that is not an integer but {type(contract).__name__}"
    if contract == CONTRACT:
        return None
    older = CORE if contract > CONTRACT else distribution
    return (
        f"is made for version {contract} of the backend contract, and this OpenRange has version "
        f"{CONTRACT}; upgrade the package {older}"
    )


BACKEND = Group(
    BACKENDS,
    "backend",
    BackendNotFoundError,
    _no_backend,
    elsewhere=lambda: {
        name: plugin.next_step for plugin in known_plugins() for name in plugin.backends
    },
    is_reserved=True,
)
