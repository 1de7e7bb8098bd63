"""The plugins that OpenRange can name, whether they are installed or not."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from typing import Any


@dataclass(frozen=True, slots=True)
class KnownPlugin:
    """A plugin that OpenRange knows of, whether it is installed or not.

    Args:
        distribution: Its package.
        backends: The backends it registers.
        install: The command that installs it.
        where: Where that command is run.
        variables: The variables under which it is detected, in the order of detection.
        providers: The providers that its first backend serves: their variables, and the model
            that is taken where none is named.
    """

    distribution: str
    backends: tuple[str, ...]
    install: str
    where: str
    variables: tuple[str, ...]
    providers: Mapping[str, tuple[tuple[str, ...], str | None]] = field(hash=False)

    @property
    def next_step(self) -> str:
        """What to do to get it."""
        return f"install the package {self.distribution}: run `{self.install}` {self.where}"


@functools.cache
def _table() -> Any:
    raw = resources.files("openrange.plugins").joinpath("known_plugins.json").read_text("utf-8")
    return json.loads(raw)


def bare_names() -> list[tuple[str, str]]:
    """Patterns of models' names that tell the provider without its name in front."""
    return [(pattern, provider) for pattern, provider in _table()["bare"].items()]


@functools.cache
def known_plugins() -> tuple[KnownPlugin, ...]:
    """The plugins that OpenRange can name although they may not be installed."""
    return tuple(
        KnownPlugin(
            distribution,
            tuple(facts["backends"]),
            facts["install"],
            facts["where"],
            tuple(facts["variables"]),
            {
                name: (tuple(provider["variables"]), provider["model"])
                for name, provider in facts["providers"].items()
            },
        )
        for distribution, facts in _table()["plugins"].items()
    )
