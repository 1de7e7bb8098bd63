"""What a configuration file that was merely found may say: it can come with anybody's clone."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping

from openrange.errors import ConfigError
from openrange.resolve.layers import Layer

# Choosing a model and how to sample from it sends nothing anywhere else and runs nothing.
_HARMLESS = frozenset(
    {
        "frequency_penalty",
        "json_schema_strict",
        "max_completion_tokens",
        "max_reasks",
        "max_retries",
        "max_tokens",
        "model",
        "presence_penalty",
        "reasoning_effort",
        "seed",
        "stop",
        "temperature",
        "timeout",
        "top_k",
        "top_p",
        "verbosity",
    }
)
DESTINATIONS = ("base_url", "api_base")
"""The options under which the backends of this project know where requests go."""

_TABLES = frozenset({"extra_body", "extra_params"})
_DESTINATION = re.compile(r"(^|_)(base_url|api_base|base|url|uri|endpoint|host)$")


def refuse_untrusted(layer: Layer) -> None:
    """Refuse what an untrusted layer must not say, judged without the backend.

    Args:
        layer: Any layer; a trusted one may say everything.

    Raises:
        ConfigError: With the reason, and where the setting may stand instead.
    """
    if layer.is_trusted:
        return
    for path, value in _leaves(layer.options):
        name = path[-1]
        if _DESTINATION.search(name):
            if not isinstance(value, str) or not _is_loopback(value):
                _refuse(layer, path, "it sends requests and keys to another host")
        elif path == ("api_key_env",):
            continue  # judged by the variable that it names, once the backend is known
        elif name not in _HARMLESS or any(table not in _TABLES for table in path[:-1]):
            _refuse(layer, path, "it is neither a model nor a way to sample from it")
        elif isinstance(value, str) and "://" in value:
            _refuse(layer, path, "it holds an address")


def refuse_foreign_keys(layer: Layer, own: Collection[str], *, goes_to_loopback: bool) -> None:
    """Refuse an untrusted layer's choice of a variable that is not the backend's own.

    Args:
        layer: Any layer; a trusted one may name every variable.
        own: The variables that the backend declares.
        goes_to_loopback: Whether the layer itself decides that requests stay on this machine,
            where any key may go.

    Raises:
        ConfigError: With the reason, and where the setting may stand instead.
    """
    name = layer.options.get("api_key_env")
    if layer.is_trusted or name is None or name in own or goes_to_loopback:
        return
    _refuse(layer, ("api_key_env",), f"{name!r} is not a key of this backend")


def _leaves(
    options: Mapping[str, object], above: tuple[str, ...] = ()
) -> Iterator[tuple[tuple[str, ...], object]]:
    for name, value in options.items():
        path = (*above, name)
        if isinstance(value, Mapping):
            yield from _leaves(value, path)
        elif isinstance(value, list) and any(isinstance(item, Mapping) for item in value):
            yield (*path, ""), value  # no harmless setting is a list of tables
        else:
            yield path, value


def _is_loopback(url: str) -> bool:
    from openrange.llm.http import is_loopback

    return is_loopback(url)


def _refuse(layer: Layer, path: tuple[str, ...], reason: str) -> None:
    raise ConfigError(
        f"{layer.source}: {'.'.join(filter(None, path))} is not allowed in a file of the working "
        f"directory, because {reason}; if you trust the file, pass --config {layer.source}"
    )
