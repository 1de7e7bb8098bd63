"""What is installed, as values to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openrange.configure.detection import detection_order
from openrange.errors import OpenRangeError
from openrange.plugins.entry_points import DETECT, Entry, scan
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins


@dataclass(frozen=True, slots=True)
class Listed:
    """One name under which a backend is installed.

    Args:
        name: The name.
        claims: Who registers it; more than one is a conflict unless one is pinned.
        variables: The variables under which it is detected, and whether each is set.
        is_blocked: Whether the configuration blocks it.
        problem: Why it cannot be used as things are; None if nothing is known to be wrong.
    """

    name: str
    claims: tuple[Entry, ...]
    variables: Mapping[str, bool] = field(hash=False)
    is_blocked: bool
    problem: str | None


def listed(plugins: Plugins, environ: Mapping[str, str]) -> list[Listed]:
    """Every installed backend, from metadata alone.

    Args:
        plugins: What is installed, as the user configured it.
        environ: The environment's variables.

    Returns:
        One row a name, sorted.
    """
    rank = {variable: place for place, variable in enumerate(detection_order())}
    rows = []
    for name in plugins.names(BACKEND):
        is_blocked = plugins.is_blocked(name)
        claims = tuple((plugins.registered if is_blocked else plugins.claims)(BACKEND, name))
        detecting = {
            entry.name
            for claim in claims
            for entry in scan().by_value.get((DETECT, claim.distribution, claim.value), ())
        }
        problem: str | None = None
        try:
            plugins.find(BACKEND, name)
        except OpenRangeError as error:
            problem = str(error)
        variables = {
            variable: bool(environ.get(variable, "").strip())
            for variable in sorted(detecting, key=rank.__getitem__)
        }
        rows.append(Listed(name, claims, variables, is_blocked, problem))
    return rows
