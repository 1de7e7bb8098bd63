"""What a configuration file that was merely found may say: it can come with anybody's clone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from openrange.configure.layers import Layer, user_file
from openrange.errors import ConfigError
from openrange.plugins.hints import near_misses

Options = dict[tuple[str, ...], tuple[object, str]]
"""What several layers say together: path of names to value and source."""

# Choosing a model and how to sample from it sends nothing anywhere else and runs nothing.
_HARMLESS = frozenset(
    {
        *("frequency_penalty", "json_schema_strict", "max_completion_tokens", "max_reasks"),
        *("max_retries", "max_tokens", "model", "presence_penalty", "reasoning_effort", "seed"),
        *("stop", "temperature", "timeout", "top_k", "top_p", "verbosity"),
    }
)
# The options under which the backends of this project know where requests go.
DESTINATIONS = frozenset({"base_url", "api_base"})
_TABLES = frozenset({"extra_body", "extra_params"})
# What may be a destination to a backend that nobody here knows.
_LIKE_A_DESTINATION = re.compile(r".*(url|uri|base|endpoint|host|proxy|address)", re.I | re.S)
# Nothing else may stand in it: clients differ in how they read user names, backslashes and spaces.
_BYTE = "(25[0-5]|2[0-4][0-9]|1[0-9]{2}|[1-9]?[0-9])"
_PLAIN_LOOPBACK = re.compile(
    rf"https?://(localhost|127(\.{_BYTE}){{3}}|\[::1\])(:[0-9]{{1,5}})?(/[\w.~/-]*)?", re.I | re.A
)
# A model's name becomes part of a URL's path or of a command; in an ARN it even names the host.
_PLAIN_MODEL = re.compile(r"(?!(.*/)?arn:)[\w@][\w.:/@+~=,-]*", re.A | re.I)


def refuse_untrusted(layer: Layer) -> None:
    """Refuse what an untrusted layer must not say, judged without the backend.

    Args:
        layer: Any layer; a trusted one may say everything.

    Raises:
        ConfigError: With the reason, and where the setting may stand instead.
    """
    if layer.is_trusted:
        return
    for path, value in leaves(layer.options):
        if path[-1] == "api_key":  # which no file may hold, trusted or not
            raise ConfigError(
                f"{layer.source}: a key must not stand in a file; instead of {'.'.join(path)}, set "
                "the variable of the key, such as OPENAI_API_KEY, or api_key_env to its name"
            )
        if objection := _objection(path, value):
            _refuse(layer, path, objection)


def refuse_foreign_keys(layer: Layer, own: Collection[str], options: Options) -> None:
    """Refuse an untrusted layer's choice of a variable that is not the backend's own.

    Where the layer itself decides that requests stay on this machine, any key may go there.

    Args:
        layer: Any layer; a trusted one may name every variable.
        own: The variables that the backend declares.
        options: What all layers say together.

    Raises:
        ConfigError: With the reason, and where the setting may stand instead.
    """
    name = layer.options.get("api_key_env")
    if layer.is_trusted or name is None or name in own or _stays_here(layer, options):
        return
    _refuse(layer, ("api_key_env",), f"{name!r} is not a key of this backend")


def leaves(
    options: Mapping[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    """Every value with its path, an empty table being a value too."""
    for name, value in options.items():
        if isinstance(value, Mapping) and value:
            yield from leaves(value, (*above, name))
        else:
            yield (*above, name), value


def _objection(path: tuple[str, ...], value: object) -> str | None:
    """Why a setting is not harmless, or None."""
    *tables, name = path
    is_in_place = _TABLES.issuperset(tables)
    if path == ("api_key_env",):  # judged by the variable that it names, once the backend is known
        return None if isinstance(value, str) else "it is not the name of a variable"
    if name in DESTINATIONS and is_in_place:
        return None if _is_plain_loopback(value) else "it sends requests and keys to another host"
    if name in _TABLES and is_in_place and value == {}:
        return None
    if name not in _HARMLESS or not is_in_place:
        known = _HARMLESS | DESTINATIONS | {"api_key_env"}
        if not tables and name.isidentifier() and (meant := near_misses(name, known)):
            return f"it is no option that is known{meant}"
        if _LIKE_A_DESTINATION.fullmatch(name):
            return "it may send requests and keys to another host"
        return "it is neither a model nor a way to sample from it"
    if any("://" in text for text in _texts(value)):
        return "it holds an address"
    if name == "model" and not all(map(_PLAIN_MODEL.fullmatch, _texts(value))):
        return "it is not a plain model name"
    return None


def _is_plain_loopback(value: object) -> bool:
    return isinstance(value, str) and _PLAIN_LOOPBACK.fullmatch(value) is not None


def _stays_here(layer: Layer, options: Options) -> bool:
    """Whether a layer alone says where requests go, which `refuse_untrusted` saw to be here."""
    said = {path: source for path, (_, source) in options.items()}
    own = [name for name in DESTINATIONS if said.get((name,)) == layer.source]
    others = [
        path
        for path, source in said.items()
        if _LIKE_A_DESTINATION.fullmatch(path[-1]) and source != layer.source
    ]
    return bool(own) and not others


def _texts(value: object) -> Iterator[str]:
    """Every text in a value, also in lists and tables, whose names count as well."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping):
        for item in [*value, *value.values()]:
            yield from _texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)


def _refuse(layer: Layer, path: tuple[str, ...], reason: str) -> None:
    raise ConfigError(
        f"{layer.source}: {'.'.join(path)} is not allowed in a file of the working "
        f"directory, because {reason}; if you trust the file, pass --config {layer.source}, or "
        f"write it into your own, {user_file()}"
    )
