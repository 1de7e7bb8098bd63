"""Which variables hold which provider's key, and which model to take where only a key is set.

The facts stand in `providers.toml`, which says what they mean.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib.resources import files
from typing import Any, Literal

_TABLE: Any = tomllib.loads(files(__package__).joinpath("providers.toml").read_text("utf-8"))

DEFAULT_MODELS: Mapping[str, str | None] = {k: v or None for k, v in _TABLE["models"].items()}
"""The variables under which this backend is detected, in that order, and the model of each."""

DEFAULT_MODELS_BY_PLACE: Mapping[str, str | None] = {
    k: v or None for k, v in _TABLE["places"].items()
}
"""Variables that say where to ask, and hold no key; they come after those that do."""

BARE_NAMES: Mapping[str, str] = _TABLE["bare"]
"""Patterns of models' names that tell the provider without its name in front."""

SignInWay = Literal["key", "local", "own", "device"]
"""How a provider knows its user: by one key; `local` by none, being the user's own server; `own` by
something that LiteLLM finds by itself, such as AWS profiles; `device` by a login in a browser."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How one provider is signed in to.

    Args:
        variables: What may hold its key, the first that is set wins.
        way: How it knows its user.
        instead: Variables with secrets that LiteLLM reads by itself, and sends otherwise than as
            the provider's key; where one is set, no key is needed.
        instead_params: Call parameters that stand in for a key in the same way.
        settings: Variables that LiteLLM reads besides; a name may end in `*`.
    """

    variables: tuple[str, ...]
    way: SignInWay = "key"
    instead: tuple[str, ...] = ()
    instead_params: tuple[str, ...] = ()
    settings: tuple[str, ...] = ()


def provider_of(model: str) -> str | None:
    """The provider that a model's name stands for.

    Args:
        model: Such as `groq/openai/gpt-oss-120b`.

    Returns:
        The provider's name in LiteLLM, or None when only LiteLLM itself can tell.
    """
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix if prefix in PROVIDERS else None
    return next((name for pattern, name in BARE_NAMES.items() if re.match(pattern, model)), None)


def provider_called(name: str) -> Provider:
    """How a provider is signed in to, also one that is not in the table.

    Args:
        name: The provider's name in LiteLLM.

    Returns:
        Its entry, or else one with the variable that most providers' names lead to.
    """
    return PROVIDERS.get(name) or Provider((_regular_variable(name),))


def share_a_key(one: str, other: str) -> bool:
    """Whether two of LiteLLM's providers are one to their user.

    Args:
        one: A provider's name in LiteLLM, such as `cohere`.
        other: Another one's, such as `cohere_chat`.

    Returns:
        True if a key of the one may be sent to the other.
    """
    ours, theirs = provider_called(one), provider_called(other)
    return one == other or ours == theirs or not set(ours.variables).isdisjoint(theirs.variables)


def key_variables() -> frozenset[str]:
    """Every variable that is known to hold a provider's key."""
    return _KEY_VARIABLES


def _regular_variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper() + "_API_KEY"


def _by_name() -> Iterator[tuple[str, Provider]]:
    for names, facts in _TABLE["providers"].items():
        way = facts.pop("way", "key")
        provider = Provider(**{"variables": (), **{k: tuple(v) for k, v in facts.items()}}, way=way)
        yield from ((name, provider) for name in names.split())
    for name in _TABLE["regular"].split():
        yield name, Provider((_regular_variable(name),))


PROVIDERS: Mapping[str, Provider] = dict(_by_name())
"""The providers that are known, by their names in LiteLLM."""

_KEY_VARIABLES = frozenset(DEFAULT_MODELS).union(*(p.variables for p in PROVIDERS.values()))
