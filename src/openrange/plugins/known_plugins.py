"""The plugins that OpenRange can name, whether they are installed or not."""

from __future__ import annotations

import functools
import json
from dataclasses import dataclass
from importlib import resources


@dataclass(frozen=True, slots=True)
class KnownPlugin:
    """A plugin that OpenRange knows of, whether it is installed or not.

    Args:
        distribution: Its package.
        backends: The backends it registers.
        install: The command that installs it.
        where: Where that command is run.
        variables: The variables under which it is detected, in the order of detection.
    """

    distribution: str
    backends: tuple[str, ...]
    install: str
    where: str
    variables: tuple[str, ...]

    @property
    def next_step(self) -> str:
        """What to do to get it."""
        return f"install the package {self.distribution}: run `{self.install}` {self.where}"


@functools.cache
def known_plugins() -> tuple[KnownPlugin, ...]:
    """The plugins that OpenRange can name although they may not be installed."""
    raw = resources.files("openrange.plugins").joinpath("known_plugins.json").read_text("utf-8")
    return tuple(
        KnownPlugin(
            distribution,
            tuple(facts["backends"]),
            facts["install"],
            facts["where"],
            tuple(facts["variables"]),
        )
        for distribution, facts in json.loads(raw).items()
    )
