"""From options by name to an instance of a backend's class."""

from __future__ import annotations

import dataclasses
import inspect
from collections.abc import Mapping
from typing import cast

from openrange.configure.annotations import constructor_hints, described, fits
from openrange.configure.layers import Layer
from openrange.errors import ConfigError, OpenRangeError
from openrange.llm.contract import LLMBackend
from openrange.llm.secrets import Key, redact
from openrange.llm.settings import is_secret
from openrange.plugins.hints import near_misses
from openrange.plugins.known_keys import known_keys

_BY_NAME = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)


def field_names(backend: type) -> list[str]:
    """The options that a backend's class takes, from its constructor's signature."""
    return [parameter.name for parameter in _parameters(backend)]


def refuse_secrets(layer: Layer, backend: type) -> None:
    """Refuse a key that stands in a file or on the command line, without showing it.

    Args:
        layer: Where the options come from.
        backend: The class they are for.

    Raises:
        ConfigError: Naming the option and what to use instead.
    """
    if not layer.is_written:
        return
    if found := _first_named(layer.options, _secret_names(backend)):
        variable = f"{found.rpartition('.')[2]}_env"
        instead = (
            f"set {variable} to the name of the variable that holds it"
            if variable in field_names(backend)
            else "leave it out, or give it from Python"
        )
        raise ConfigError(
            f"{layer.source}: a key must not stand in a file or on a command line; instead of "
            f"{found}, {instead}"
        )


def construct(name: str, backend: type, options: Mapping[str, object]) -> LLMBackend:
    """Make a backend of a class and its options.

    Args:
        name: The backend's name, for errors.
        backend: The class.
        options: Its fields by name.

    Returns:
        The backend.

    Raises:
        ConfigError: An option is unknown, missing or of the wrong type.
    """
    known = field_names(backend)
    for option in options:
        if option not in known:
            raise ConfigError(
                f"the backend {name!r} has no option {option!r}{near_misses(option, known)}"
                f"; it takes {', '.join(known) or 'none'}"
            )
    for parameter in _parameters(backend):
        if parameter.default is inspect.Parameter.empty and parameter.name not in options:
            way = f"-o {parameter.name}=…"
            if parameter.name == "model":
                way = "--model or OPENRANGE_MODEL, or set a provider's key that has a default model"
            raise ConfigError(
                f"the backend {name!r} needs the option {parameter.name!r}: give it with {way}"
            )
    hints, secrets = constructor_hints(backend), _secret_names(backend)
    for option, value in options.items():
        if option in hints and not fits(value, hints[option]):
            shown = type(value).__name__ if option in secrets else f"{value!r:.80}"
            raise ConfigError(
                f"the backend {name!r}: {option} must be {described(hints[option])}, not {shown}"
            )
    problem: str
    try:
        return cast(LLMBackend, backend(**options))
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - whatever a stranger's constructor may raise
        problem = str(error) or type(error).__name__
    keys = [value for option, value in options.items() if option in secrets]
    given = [Key(key) for key in keys if isinstance(key, str) and key]
    problem = redact(problem, [*given, *known_keys()])
    raise ConfigError(f"the backend {name!r} does not accept its options: {problem}")


def _parameters(backend: type) -> list[inspect.Parameter]:
    try:
        parameters = inspect.signature(backend).parameters.values()
    except (TypeError, ValueError):  # a class without a signature that can be read
        return []
    return [parameter for parameter in parameters if parameter.kind in _BY_NAME]


def _secret_names(backend: type) -> set[str]:
    marked = dataclasses.fields(backend) if dataclasses.is_dataclass(backend) else ()
    return {"api_key"} | {field.name for field in marked if is_secret(field)}


def _first_named(options: object, names: set[str], above: str = "") -> str | None:
    """The dotted path of the first option with one of the names, also inside of lists."""
    if isinstance(options, list):
        found = (_first_named(item, names, above) for item in options)
        return next(filter(None, found), None)
    if not isinstance(options, Mapping):
        return None
    for key, value in options.items():
        if key in names:
            return f"{above}{key}"
        if deeper := _first_named(value, names, f"{above}{key}."):
            return deeper
    return None
