"""The `webapp` pack, as the core knows it."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import ClassVar

from openrange.core.manifest import Manifest
from openrange.core.pack import Pack, Realization
from openrange.packs.webapp import chain, client
from openrange.packs.webapp.design import briefing, design_schema
from openrange.packs.webapp.realize import realize
from openrange.packs.webapp.weaknesses import contexts_of
from openrange.packs.webapp.world import as_world
from openrange.worlds.visitor import Visitor


class WebappPack(Pack):
    """A small company's web portal, of which one of three doors is weak.

    `manifest.pack.options` takes `weaknesses`: the classes of which the design may choose one.
    """

    id: ClassVar[str] = "webapp"
    version: ClassVar[str] = "2"
    summary: ClassVar[str] = "A small company's web portal with one planted weakness"
    options: ClassVar[Mapping[str, Mapping[str, object]]] = {
        "weaknesses": {
            "description": f"a list of those to choose from: {', '.join(contexts_of())}; "
            "or class/context, also of another distribution's",
            "type": "array",
            "items": {"type": "string", "examples": list(contexts_of())},
            "minItems": 1,
        }
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
        """Exploit the planted weakness over HTTP, signed in."""
        return chain.solve(visitor, as_world(world))

    def visit(self, visitor: Visitor, world: Mapping[str, object]) -> None:
        """Use the weak door as an honest employee would."""
        chain.visit(visitor, as_world(world))

    def sign_in(self, visitor: Visitor, world: Mapping[str, object]) -> bool:
        """Post the login form with the agent's account."""
        return client.sign_in(visitor, as_world(world))

    def twins(self, world: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """The same portal with its weak door in its sound form."""
        return [dict(twin) for twin in chain.twins(as_world(world))]
