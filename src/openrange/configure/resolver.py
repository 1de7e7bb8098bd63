"""The whole way from what the user said, or did not say, to a backend that is ready to use."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import cast

from openrange.configure.layers import Layer, read_layers
from openrange.configure.naming import by_model, served_by, with_provider
from openrange.configure.options import construct, field_names, refuse_secrets
from openrange.configure.trust import (
    DESTINATIONS,
    Options,
    leaves,
    refuse_foreign_keys,
    refuse_untrusted,
)
from openrange.llm.contract import LLMBackend
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins


@dataclass(frozen=True, slots=True)
class Choice:
    """Which backend a build would take, and why. Its class is not imported yet.

    Args:
        name: The backend's name.
        why: The reason, in words that follow "because".
        variable: The variable that decided, where detection did.
        plugins: What is installed, as the user configured it.
        layers: The layers whose options count, strongest first.
    """

    name: str
    why: str
    variable: str | None
    plugins: Plugins = field(repr=False, compare=False)
    layers: tuple[Layer, ...]

    @property
    def options(self) -> Options:
        """What the layers say, tables merged deeply: path of names to value and source."""
        merged: Options = {}
        for layer in reversed(self.layers):
            for path, value in leaves(layer.options):
                if value != {} or not any(other[: len(path)] == path for other in merged):
                    _displace(merged, path)
                    merged[path] = (value, layer.source)
        return merged


@dataclass(frozen=True, slots=True)
class Resolved:
    """A backend, and how it came to be chosen.

    Args:
        name: The backend's name.
        why: The reason, in words that follow "because".
        backend: The backend itself.
        options: What was set: dotted option to value and source.
    """

    name: str
    why: str
    backend: LLMBackend
    options: Mapping[str, tuple[object, str]] = field(hash=False, repr=False)


def configured(layers: Sequence[Layer]) -> Plugins:
    """What is installed, as the user configured it.

    Args:
        layers: All layers, strongest first.

    Returns:
        The plugins, none of them imported.
    """
    pins: dict[str, str] = {}
    for layer in reversed(layers):
        pins |= layer.pin
    return Plugins([block for layer in layers for block in layer.block], pins)


def choose(layers: Sequence[Layer]) -> Choice:
    """Decide which backend to take, importing none.

    Args:
        layers: All layers, strongest first.

    Returns:
        The choice.

    Raises:
        ConfigError: A layer says what it must not, or names a model that no backend can ask.
        BackendNotFoundError: A key, a model or a provider needs a plugin that is missing.
    """
    plugins = configured(layers)
    named = next((layer for layer in layers if layer.backend is not None), None)
    backend = named.backend if named else None
    counting = tuple(layer for layer in layers if layer.backend in (backend, None))
    for layer in counting:
        refuse_untrusted(layer)
    if named is None or backend is None:
        found, counting = by_model(counting, plugins, _set_variables())
        return Choice(found.name, found.why, found.variable, plugins, counting)
    why = f"{named.source} names it"
    if provider := served_by(backend, plugins):
        counting = with_provider(counting, provider)
        backend, why = provider.backend, f"{named.source} names {provider.name}, which it serves"
    return Choice(backend, why, None, plugins, counting)


def make_backend(choice: Choice) -> Resolved:
    """Import the chosen backend, and make it of the options that count.

    Args:
        choice: What was chosen.

    Returns:
        The backend.

    Raises:
        BackendNotFoundError: It is not installed, blocked, broken, or claimed twice.
        ConfigError: An option is unknown, missing, of the wrong type, or not allowed where it
            stands.
    """
    backend_class = choice.plugins.load(BACKEND, choice.name)
    known = field_names(backend_class)
    own_variables = choice.plugins.key_variables(choice.name)
    layers = []
    for layer in choice.layers:
        refuse_secrets(layer, backend_class)
        refuse_foreign_keys(layer, own_variables, choice.options)
        if layer.is_general and "model" not in known:
            without = {key: value for key, value in layer.options.items() if key != "model"}
            layer = replace(layer, options=without)
        layers.append(layer)
    surroundings = choice.plugins.environment_options(
        choice.name, _set_variables(), choice.variable
    )
    given = choice.options
    if not any((name,) in given for name in DESTINATIONS.intersection(surroundings)):
        # What the environment says of its server holds for that server alone.
        layers.append(Layer("the environment", None, surroundings))
    options = replace(choice, layers=tuple(layers)).options
    backend = construct(choice.name, backend_class, _nested(options))
    return Resolved(choice.name, choice.why, backend, dotted(options))


def resolve_backend(
    name: str | None = None, /, *, config: str | Path | None = None, **options: object
) -> LLMBackend:
    """Find a backend by name, configured as the command line would configure it.

    Args:
        name: A name in the entry-point group `openrange.backends`; None for the one that the
            configuration names or the environment suggests.
        config: A configuration file that replaces the one in the working directory.
        **options: Fields of the backend, which win over those of any configuration.

    Returns:
        The backend.

    Raises:
        BackendNotFoundError: It is not installed, blocked, broken, or claimed twice.
        ConfigError: A configuration file or an option is wrong.
    """
    command = Layer("the call", name, options, is_written=False)
    return make_backend(choose(read_layers(command, config))).backend


def available_backends() -> tuple[str, ...]:
    """The names that `resolve_backend` knows, from metadata alone.

    Returns:
        The names, sorted.
    """
    return tuple(Plugins().names(BACKEND))


def _set_variables() -> dict[str, str]:
    """The environment without blank variables: a blank key is no key."""
    return {name: value for name, value in os.environ.items() if value.strip()}


def dotted(options: Options) -> dict[str, tuple[object, str]]:
    """The same options, with each path as one text to show."""
    return {".".join(path): pair for path, pair in options.items()}


def _displace(merged: Options, path: tuple[str, ...]) -> None:
    """Drop what a stronger value replaces: a table below it, or a plain value above it."""
    for other in list(merged):
        shorter = min(len(path), len(other))
        if path[:shorter] == other[:shorter]:
            del merged[other]


def _nested(options: Options) -> dict[str, object]:
    tree: dict[str, object] = {}
    for path, (value, _) in options.items():
        table = tree
        for part in path[:-1]:
            table = cast(dict[str, object], table.setdefault(part, {}))
        table[path[-1]] = value
    return tree
