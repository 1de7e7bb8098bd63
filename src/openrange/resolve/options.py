"""From options by name to an instance of a backend's class."""

from __future__ import annotations

import dataclasses
import inspect
import types
import typing
from collections.abc import Mapping, Sequence
from os import PathLike
from typing import Any

from openrange.errors import ConfigError
from openrange.llm.contract import LLMBackend
from openrange.llm.settings import is_secret
from openrange.plugins import near_misses
from openrange.resolve.layers import Layer


def field_names(backend: type) -> list[str]:
    """The options that a backend's class takes, from its constructor's signature."""
    parameters = inspect.signature(backend).parameters.values()
    positional = (inspect.Parameter.POSITIONAL_OR_KEYWORD, inspect.Parameter.KEYWORD_ONLY)
    return [parameter.name for parameter in parameters if parameter.kind in positional]


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
    secrets = {"api_key"}
    if dataclasses.is_dataclass(backend):
        secrets |= {f.name for f in dataclasses.fields(backend) if is_secret(f)}
    if found := _first_named(layer.options, secrets):
        raise ConfigError(
            f"{layer.source}: a key must not stand in a file or on a command line; instead of "
            f"{found}, set {found}_env to the name of the variable that holds it"
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
    for parameter in inspect.signature(backend).parameters.values():
        needed = parameter.default is inspect.Parameter.empty and parameter.name in known
        if needed and parameter.name not in options:
            variable = " (or set OPENRANGE_MODEL)" if parameter.name == "model" else ""
            raise ConfigError(
                f"the backend {name!r} needs the option {parameter.name!r}: give it with "
                f"-o {parameter.name}=…{variable}"
            )
    hints = _hints(backend)
    for option, value in options.items():
        if option in hints and not _fits(value, hints[option]):
            raise ConfigError(
                f"the backend {name!r}: {option} must be {_in_words(hints[option])}, not {value!r}"
            )
    problem: str
    try:
        return typing.cast(LLMBackend, backend(**options))
    except (TypeError, ValueError) as error:
        problem = str(error)
    raise ConfigError(f"the backend {name!r} does not accept its options: {problem}")


def _first_named(options: Mapping[str, object], names: set[str], above: str = "") -> str | None:
    for key, value in options.items():
        if key in names:
            return above + key
        if isinstance(value, Mapping) and (found := _first_named(value, names, f"{above}{key}.")):
            return found
    return None


def _hints(backend: type) -> dict[str, object]:
    """Annotations of the constructor, as far as they can be evaluated."""
    try:
        target: Any = backend if dataclasses.is_dataclass(backend) else vars(backend)["__init__"]
        return typing.get_type_hints(target)
    except Exception:  # noqa: BLE001 - a stranger's annotations may be anything; checks are a courtesy
        return {}


def _fits(value: object, hint: object) -> bool:
    """Whether a value from TOML can be meant for a parameter with this annotation."""
    origin = typing.get_origin(hint) or hint
    if origin in (typing.Union, types.UnionType):
        return any(_fits(value, member) for member in typing.get_args(hint))
    if origin is typing.Literal:
        return value in typing.get_args(hint)
    if hint is None or hint is type(None):
        return value is None
    if not isinstance(origin, type) or origin is object:
        return True
    if isinstance(value, bool):
        return origin is bool
    if isinstance(value, int) and origin is float:
        return True
    if isinstance(value, str):
        return origin in (str, PathLike)
    if isinstance(value, list | tuple):
        return issubclass(origin, Sequence | list | tuple) or origin in (Sequence, list, tuple)
    if isinstance(value, Mapping):
        return issubclass(dict, origin)
    return isinstance(value, origin)


def _in_words(hint: object) -> str:
    members = typing.get_args(hint) if _is_union(hint) else (hint,)
    words = []
    for member in members:
        origin = typing.get_origin(member) or member
        if isinstance(origin, type) and origin is not type(None):
            words.append(_WORDS.get(origin, origin.__name__))
    return " or ".join(dict.fromkeys(words)) or str(hint)


def _is_union(hint: object) -> bool:
    return typing.get_origin(hint) in (typing.Union, types.UnionType)


_WORDS: dict[type, str] = {
    bool: "true or false",
    dict: "a table",
    float: "a number",
    int: "an integer",
    list: "a list",
    Mapping: "a table",
    PathLike: "a path",
    Sequence: "a list",
    str: "text",
    tuple: "a list",
}
