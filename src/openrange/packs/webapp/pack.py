"""The `webapp` pack, as the core knows it."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from openrange.core.manifest import Manifest
from openrange.core.pack import Pack, Realization, Topology
from openrange.packs.webapp import chain
from openrange.packs.webapp.baselines import baselines
from openrange.packs.webapp.choices import MAX_DIFFICULTY
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.design import briefing, design_schema
from openrange.packs.webapp.industries import INDUSTRIES
from openrange.packs.webapp.realize import realize
from openrange.packs.webapp.structure import SPLITS
from openrange.packs.webapp.weaknesses import contexts_of
from openrange.packs.webapp.world import as_world
from openrange.worlds.visitor import Visitor


class WebappPack(Pack):
    """A small company's web portal and the systems behind it, each of which is weak in one way."""

    id: ClassVar[str] = "webapp"
    version: ClassVar[str] = "4"
    summary: ClassVar[str] = "A small company's web portal with a chain of planted weaknesses"
    options: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "difficulty": {
            "description": "how many weaknesses it takes, one after the other",
            "type": "integer",
            "minimum": 1,
            "maximum": MAX_DIFFICULTY,
        },
        "industry": {"description": "what the company does", "enum": list(INDUSTRIES)},
        "split": {
            "description": "structures of worlds of which the other half has none",
            "enum": list(SPLITS),
        },
        "weaknesses": {
            "description": f"a list of those to choose from: {', '.join(contexts_of())}; "
            "or class/context, also of another distribution's",
            "type": "array",
            "items": {"type": "string", "examples": list(contexts_of())},
            "minItems": 1,
        },
    }
    directory: ClassVar[Path] = Path(__file__).parent / "files"

    def design_schema(self, manifest: Manifest) -> Mapping[str, object]:
        """The JSON Schema of a design of a portal."""
        return design_schema(manifest)

    def briefing(self, manifest: Manifest) -> str:
        """The system message for the model that designs a portal."""
        return briefing(manifest)

    def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
        """Turn a design into a portal with accounts, records and a task."""
        return realize(manifest, design)

    def command(self) -> Sequence[str]:
        """The program that serves a portal, run by this interpreter and blind to the directory."""
        return (sys.executable, "-P", "-m", "openrange.packs.webapp.serve")

    def solve(self, visitor: Visitor, world: Mapping[str, object]) -> str | None:
        """Exploit one link of the chain after the other."""
        key: str | None = None
        for link in range(self.links(world)):
            key = self.exploit(visitor, world, link, key)
            if key is None:
                break
        return key

    def visit(self, visitor: Visitor, world: Mapping[str, object]) -> None:
        """Use the first weak door as an honest employee would."""
        self.use(visitor, world, 0, None)

    def links(self, world: Mapping[str, object]) -> int:
        """How many weaknesses the chain has."""
        return len(as_world(world)["chain"])

    def exploit(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> str | None:
        """Exploit one link of the chain over HTTP."""
        return chain.exploit(visitor, as_world(world), link, _key(world, link, key))

    def use(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> None:
        """Use the weak door of one link as an honest employee would."""
        chain.visit(visitor, as_world(world), link, _key(world, link, key))

    def sign_in(self, visitor: Visitor, world: Mapping[str, object]) -> bool:
        """Post the login form with the agent's account."""
        return Client(visitor, as_world(world), 0, _key(world, 0, None)).is_in

    def topology(self, world: Mapping[str, object]) -> Topology:
        """The services with their doors, and the links of the chain."""
        return chain.topology(as_world(world))

    def baselines(
        self, world: Mapping[str, object]
    ) -> Mapping[str, Callable[[Visitor], str | None]]:
        """A crawler, and the textbook's first attempt of each class, at the portal."""
        return baselines(as_world(world))

    def twins(self, world: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """The same world with one of its weak doors in its sound form, for each."""
        return [dict(twin) for twin in chain.twins(as_world(world))]

    def decoys(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> Iterable[str | None]:
        """Attack the sound doors of one service by every solver there is."""
        return chain.decoys(visitor, as_world(world), link, _key(world, link, key))


def _key(world: Mapping[str, object], link: int, key: str | None) -> str | None:
    """The key to a link: what was gained, or, for the first, the password that the agent has."""
    return as_world(world)["agent"]["password"] if link == 0 else key
