"""What a pack is: a family of worlds, and the trusted code that realizes and solves them."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import ClassVar

from openrange.core.manifest import Manifest
from openrange.worlds.visitor import Visitor


@dataclass(frozen=True, slots=True)
class Task:
    """What an agent is asked to do in a world.

    Args:
        id: Unique within the world.
        instruction: The whole text that the agent gets.
    """

    id: str
    instruction: str


@dataclass(frozen=True, slots=True)
class Realization:
    """What trusted code made of a design. It holds no flag: that is minted at each boot.

    Args:
        world: All that the world's process needs to serve it, as JSON.
        tasks: What an agent can be asked to do there; at least one.
        artifacts: Files that an agent finds in its directory: name to text.
    """

    world: Mapping[str, object] = field(hash=False)
    tasks: tuple[Task, ...]
    artifacts: Mapping[str, str] = field(default_factory=dict, hash=False)


@dataclass(frozen=True, slots=True)
class Place:
    """A part of a world that has an address of its own.

    Args:
        name: What people call it.
        address: Where it is within the world, such as `/stockroom/`.
        offers: What is to be found there, a few words each.
    """

    name: str
    address: str
    offers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Topology:
    """A world as people picture it.

    Args:
        places: Its parts, in the order in which one gets to them.
        steps: How it is solved, a sentence a step.
    """

    places: tuple[Place, ...] = ()
    steps: tuple[str, ...] = ()


class Pack(ABC):
    """A family of worlds. Subclasses are registered in the entry-point group `openrange.packs`.

    A pack is stateless, is made without arguments, and keeps two promises: every design that
    conforms to its schema can be realized; and the same manifest and design give the same
    realization, in any process.
    """

    id: ClassVar[str]
    """The pack's name, equal to that of its entry point."""

    version: ClassVar[str]
    """Part of every snapshot's identity: changes whenever the same design is realized otherwise."""

    summary: ClassVar[str]
    """One line for `openrange packs`."""

    options: ClassVar[Mapping[str, Mapping[str, object]]] = {}
    """What `manifest.pack.options` may hold: a JSON Schema with a `description` for each name."""

    directory: ClassVar[Path]
    """The pack's own files, of which a backend that drives a local program gets a copy."""

    @abstractmethod
    def design_schema(self, manifest: Manifest) -> Mapping[str, object]:
        """The JSON Schema of a design: closed lists to choose from, and slots for free text.

        Args:
            manifest: What the user wants.

        Returns:
            A schema whose root describes an object.

        Raises:
            ManifestError: `manifest.pack.options` asks for something that the pack does not have.
        """

    @abstractmethod
    def briefing(self, manifest: Manifest) -> str:
        """What the model should know before it designs: the system message.

        Args:
            manifest: What the user wants.

        Returns:
            Text that explains the slots of the design.
        """

    @abstractmethod
    def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
        """Turn a design into a world, by trusted code.

        Args:
            manifest: What the user wants.
            design: Any object that conforms to `design_schema(manifest)`.

        Returns:
            A solvable world.
        """

    @abstractmethod
    def command(self) -> Sequence[str]:
        """The program that serves a world.

        It reads one line from standard input, the JSON object `{"world": …, "flag": …}`; serves
        HTTP on a free port of 127.0.0.1; writes one line to standard output, the JSON object
        `{"port": …}`; and ends when its standard input does, or the process that started it.
        `openrange.worlds.serve` does all that. It is started in the root directory, and what it
        writes is its own to remove.

        Returns:
            The program and its arguments.
        """

    @abstractmethod
    def solve(self, visitor: Visitor, world: Mapping[str, object]) -> str | None:
        """The reference solver: recover the flag as an agent would have to, over HTTP alone.

        Args:
            visitor: A client of the running world.
            world: `Realization.world`.

        Returns:
            The flag, or None when it is not to be had.
        """

    @abstractmethod
    def visit(self, visitor: Visitor, world: Mapping[str, object]) -> None:
        """Go through the door that the solver uses, as an honest user would.

        Admission reads every reply that the visitor gets on the way, and finds no flag in them.

        Args:
            visitor: A client of the running world.
            world: `Realization.world`.
        """

    def sign_in(self, visitor: Visitor, world: Mapping[str, object]) -> bool:
        """Sign in with the account that the agent is given, where the world has accounts.

        Args:
            visitor: A client of the running world, which keeps the cookies.
            world: `Realization.world`.

        Returns:
            Whether the world took the visitor for the account's owner; True where a world has no
            accounts. A world that does not is not admitted.
        """
        return True

    def links(self, world: Mapping[str, object]) -> int:
        """How many weaknesses it takes, one after the other, to solve a world.

        Args:
            world: `Realization.world`.

        Returns:
            At least 1. Where it is more, `exploit` and `use` are the pack's own.
        """
        return 1

    def exploit(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> str | None:
        """Exploit one weakness of a chain, by what the one before it gave away.

        Args:
            visitor: A client of the running world.
            world: `Realization.world`.
            link: Which one, from 0.
            key: What the link before it gave away; None for the first. Admission also tries none,
                an empty one, and that of another boot, with which the link has to resist.

        Returns:
            What it gives away, the flag if it is the last; None when it resists.
        """
        return self.solve(visitor, world)

    def use(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> None:
        """Go through the door of one link as an honest user would; otherwise as `exploit`."""
        self.visit(visitor, world)

    def topology(self, world: Mapping[str, object]) -> Topology:
        """A world as people picture it, for `openrange inspect --html`.

        Args:
            world: `Realization.world`.

        Returns:
            Its places and the steps of its solution; nothing, where the pack does not tell.
        """
        return Topology()

    def baselines(
        self, world: Mapping[str, object]
    ) -> Mapping[str, Callable[[Visitor], str | None]]:
        """Fixed scripts that know no more of a world than an agent finds out in its first minute.

        Which of them solve a world, and by how many requests, is kept beside its id: it is the
        measured half of how hard the world is, and rejects none.

        Args:
            world: `Realization.world`.

        Returns:
            By name, what takes a client of the running world, and returns the flag if it finds it.
        """
        return {}

    def twins(self, world: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
        """The same world with one of its weaknesses mended: for each link, a world.

        None of them is given to an agent. They hide the same, under the same keys, and withstand
        the reference solver at that link: so it is the weakness, and not an accident, that solves
        the world.

        Args:
            world: `Realization.world`.

        Returns:
            The worlds. `command` serves them beside the first one: what it reads has a list
            `twins` then, and what it writes a list of their ports under the same name.
        """
        return ()

    def decoys(
        self, visitor: Visitor, world: Mapping[str, object], link: int, key: str | None
    ) -> Iterable[str | None]:
        """Attack what only looks weak, where one link of the chain is; otherwise as `exploit`.

        Yields:
            What each attack gives away, which has to be nothing.
        """
        return ()
