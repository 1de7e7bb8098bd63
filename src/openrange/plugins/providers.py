"""Which backend serves which provider: people know providers by name, and not backends."""

from __future__ import annotations

import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass

from openrange.plugins.known_plugins import bare_names, known_plugins

SERVER_VARIABLES = ("OPENAI_BASE_URL", "OPENAI_API_BASE")
"""What may name a server that speaks Chat Completions."""


@dataclass(frozen=True, slots=True)
class Provider:
    """A provider of models, and the backend that serves it.

    Args:
        name: Its name, as it stands in front of a model.
        backend: The backend that serves it.
        variables: What may hold its key, or say where it is.
        model: The model to take where none is named; None leaves it to the backend.
        next_step: How to get the backend; empty for one of the core.
    """

    name: str
    backend: str
    variables: tuple[str, ...]
    model: str | None = None
    next_step: str = ""

    @property
    def is_of_the_core(self) -> bool:
        """Whether a backend of the core serves it, which serves no other provider."""
        return not self.next_step

    def own_name(self, model: str) -> str:
        """A model of this provider as the backend wants to hear it.

        Args:
            model: Its name, with or without the provider in front.

        Returns:
            Without it for a backend of the core, which serves one provider; else with it.
        """
        bare = model.removeprefix(f"{self.name}/")
        return bare if self.is_of_the_core else f"{self.name}/{bare}"


_OPENAI = Provider("openai", "openai-compatible", ("OPENAI_API_KEY",))


@functools.cache
def known_providers() -> Mapping[str, Provider]:
    """The providers that a backend of the core, or of a known plugin, serves, by name."""
    found = {
        name: Provider(name, plugin.backends[0], variables, model, plugin.next_step)
        for plugin in known_plugins()
        for name, (variables, model) in plugin.providers.items()
    }
    return {**found, _OPENAI.name: _OPENAI}


def provider_of(model: str) -> Provider | None:
    """The provider that a model's name stands for.

    Args:
        model: Such as `groq/openai/gpt-oss-120b`, or `gpt-6-luna`.

    Returns:
        The provider, or None where the name does not tell.
    """
    prefix, slash, _ = model.partition("/")
    known = known_providers()
    if slash:
        return known.get(prefix)
    names = (name for pattern, name in bare_names() if re.match(pattern, model))
    return next((known[name] for name in names if name in known), None)
