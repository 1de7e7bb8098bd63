"""Which backend to use where nobody named one: judged by the environment, importing nothing."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from openrange.errors import BackendNotFoundError
from openrange.plugins.entry_points import (
    BACKENDS,
    CORE,
    DETECT,
    Entry,
    installed,
    normalized,
    scan,
)
from openrange.plugins.groups import BACKEND
from openrange.plugins.known_plugins import known_plugins
from openrange.plugins.providers import SERVER_VARIABLES, known_providers
from openrange.plugins.registry import Plugins

_FIRST = ("OPENAI_API_KEY", *SERVER_VARIABLES)


@dataclass(frozen=True, slots=True)
class Detected:
    """The backend that detection chose.

    Args:
        name: The backend's name.
        why: The reason, in words that follow "because".
        variable: The variable that decided, if one did.
    """

    name: str
    why: str
    variable: str | None = None


def detection_order() -> list[str]:
    """Every variable that can choose a backend, the one that wins first.

    The core's own come first, then those of the plugins that OpenRange knows, each plugin's in its
    own order, then all others by the alphabet.
    """
    known = [variable for plugin in known_plugins() for variable in plugin.variables]
    others = sorted({entry.name for entry in installed() if entry.group == DETECT})
    return list(dict.fromkeys([*_FIRST, *known, *others]))


def detect(plugins: Plugins, environ: Mapping[str, str]) -> Detected:
    """Choose a backend by the environment, then by a program that is signed in, else `offline`.

    Args:
        plugins: What is installed and not blocked.
        environ: The environment's variables, without blank ones.

    Returns:
        The choice, whose class is not imported yet.

    Raises:
        BackendNotFoundError: Nothing but `offline` is left although a key is set that only a
            plugin which is not installed can use.
    """
    from openrange.backends import claude, codex

    present = [
        variable
        for variable in detection_order()
        if variable in environ
        and (variable not in SERVER_VARIABLES or own_server({variable: environ[variable]}))
    ]
    found = [(variable, name) for variable in present if (name := _backend_of(plugins, variable))]
    if found:
        variable, name = found[0]
        others = [other for other, _ in found[1:]]
        also = f" (also set: {', '.join(others)})" if others else ""
        return Detected(name, f"{variable} is set{also}", variable)
    no_key = "no key that is detected is set"
    if present:
        no_key = f"{present[0]} is set for a backend that is {_why_not(present[0])}"
    for name, is_signed_in in (("codex", codex.is_signed_in), ("claude", claude.is_signed_in)):
        if not plugins.is_blocked(name) and is_signed_in():
            return Detected(name, f"the {name} program is signed in, and {no_key}")
    for plugin in known_plugins():
        unusable = [variable for variable in plugin.variables if variable in environ]
        if unusable and all(not plugins.registered(BACKEND, name) for name in plugin.backends):
            raise BackendNotFoundError(
                f"{unusable[0]} is set, but the backend for it is not installed; "
                f"{plugin.next_step} (or choose --backend offline)"
            )
    for provider in known_providers().values():  # none of which has a default model
        named = [variable for variable in provider.variables if variable in environ]
        if named and plugins.registered(BACKEND, provider.backend):
            no_key += f" ({named[0]} is set: name a model, --model {provider.name}/…)"
            break
    return Detected("offline", f"{no_key}, and no codex or claude program is signed in")


def own_server(environ: Mapping[str, str]) -> str | None:
    """The variable that names a server of the user's own, which is not OpenAI's.

    Args:
        environ: The environment's variables, without blank ones.

    Returns:
        The variable, or None.
    """
    from openrange.backends.openai_compatible import is_own_server

    return next((v for v in SERVER_VARIABLES if is_own_server(environ.get(v, ""))), None)


def _backend_of(plugins: Plugins, variable: str) -> str | None:
    """The backend that an installed distribution registers for a variable, unless blocked."""
    for entry in sorted(scan().by_name.get((DETECT, variable), ()), key=_rank):
        for backend in sorted(_registered_with(entry), key=lambda each: each.name):
            name = backend.name
            if not plugins.is_blocked(name) and backend in plugins.claims(BACKEND, name):
                return name
    return None


def _why_not(variable: str) -> str:
    """Why no backend is to be had for a variable that is set."""
    entries = scan().by_name.get((DETECT, variable), [])
    for entry in entries:
        if not _registered_with(entry):
            return f"missing: {entry} registers the variable, and no backend with it"
    return "blocked" if entries else "not installed"


def _rank(entry: Entry) -> tuple[bool, bool, str]:
    """A stranger that claims a variable of the core or of a known plugin stands behind them."""
    known = {plugin.distribution for plugin in known_plugins() if entry.name in plugin.variables}
    owner = normalized(entry.distribution)
    return owner != CORE, owner not in known, owner


def _registered_with(entry: Entry) -> list[Entry]:
    """The backends that a distribution registers for the same class as an entry for detection."""
    return scan().by_value.get((BACKENDS, entry.distribution, entry.value), [])
