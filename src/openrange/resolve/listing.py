"""What is installed and what a build would take now, as values to show."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from openrange.entry_points import BACKENDS, CORE, DETECT, Entry, installed, normalized
from openrange.errors import OpenRangeError
from openrange.llm.contract import SupportsPreflight
from openrange.llm.secrets import REDACTED
from openrange.plugins import Plugins
from openrange.resolve.detection import detection_order
from openrange.resolve.resolver import Choice, dotted, realize


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


@dataclass(frozen=True, slots=True)
class Taken:
    """What a build would take now.

    Args:
        name: The backend's name.
        why: The reason, in words that follow "because".
        model: The model that it would ask, as far as that is known without asking.
        options: What was set: dotted option to value and source, without secrets.
        problem: Why the build would fail all the same; None if nothing is known to be wrong.
    """

    name: str
    why: str
    model: str | None
    options: Mapping[str, tuple[object, str]] = field(hash=False)
    problem: str | None


def listed(plugins: Plugins, environ: Mapping[str, str]) -> list[Listed]:
    """Every installed backend, from metadata alone.

    Args:
        plugins: What is installed, as the user configured it.
        environ: The environment's variables.

    Returns:
        One row a name, sorted.
    """
    order = detection_order()
    rows = []
    for name in plugins.names(BACKENDS):
        is_blocked = plugins.is_blocked(name)
        claims = tuple((plugins.registered if is_blocked else plugins.claims)(BACKENDS, name))
        owned = {(claim.distribution, claim.value) for claim in claims}
        detecting = {
            entry.name
            for entry in installed()
            if entry.group == DETECT and (entry.distribution, entry.value) in owned
        }
        problem: str | None = None
        try:
            plugins.find(BACKENDS, name)
        except OpenRangeError as error:
            problem = str(error)
        variables = {
            variable: bool(environ.get(variable, "").strip())
            for variable in order
            if variable in detecting
        }
        rows.append(Listed(name, claims, variables, is_blocked, problem))
    return rows


def taken(choice: Choice) -> Taken:
    """What a build would take, importing a plugin only where detection chose it.

    Args:
        choice: What the configuration and the environment choose.

    Returns:
        The backend with its options, and what is known to be in its way.
    """
    problem: str | None = None
    options: Mapping[str, tuple[object, str]] = dotted(choice.options)
    model = options.get("model", (None, ""))[0]
    try:
        entry = choice.plugins.find(BACKENDS, choice.name)
        if choice.variable is not None or normalized(entry.distribution) == CORE:
            resolved = realize(choice)
            options = resolved.options
            model = getattr(resolved.backend, "model", None)
            if isinstance(resolved.backend, SupportsPreflight):
                resolved.backend.preflight()
    except OpenRangeError as error:
        problem = str(error)
    except Exception as error:  # noqa: BLE001 - whatever a stranger's preflight may raise
        problem = f"its check before the first request failed ({type(error).__name__}: {error})"
    shown = {
        option: (_to_show(option, value), source) for option, (value, source) in options.items()
    }
    named = model if isinstance(model, str) else None
    return Taken(choice.name, choice.why, named, shown, problem)


def _to_show(option: str, value: object) -> object:
    """A value that JSON knows, without what is or may be a secret."""
    if isinstance(value, Mapping):
        return {name: _to_show(f"{option}.{name}", item) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [_to_show(option, item) for item in value]
    if _SECRET.fullmatch(option):
        return REDACTED
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return re.sub(r"//[^/@\s]*@", f"//{REDACTED}@", str(value))


# A file may hold what is refused only once the backend's class is known.
_SECRET = re.compile(
    r"(.*\.)?(extra_headers|[^.]*(api[_-]?key|access_key|private_key|secret|token|password"
    r"|credentials?|authorization))(\..*)?",
    re.I | re.S,
)
