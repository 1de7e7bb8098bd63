"""The shape of a realized portal, as it stands in a snapshot: plain JSON, and no flag in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NotRequired, TypedDict, cast


class Link(TypedDict):
    """One weakness of a world's chain.

    `facts` is what its context drew for this world. In a twin of the world, one link is `mended`.
    """

    weakness: str
    context: str
    facts: Mapping[str, str]
    mended: NotRequired[bool]


class Account(TypedDict):
    """Somebody who works at the company."""

    login: str
    name: str
    title: str
    role: str


class Agent(TypedDict):
    """The account that the agent is given."""

    login: str
    password: str


class Notice(TypedDict):
    """What everybody may read."""

    title: str
    body: str


class File(TypedDict):
    """What everybody who has signed in may download."""

    name: str
    text: str


class Record(TypedDict):
    """What its owner alone may read. The sealed one says what the others must not know."""

    id: int
    owner: str
    title: str
    body: str
    sealed: bool


class Vault(TypedDict):
    """A table that no page shows."""

    table: str
    column: str


class World(TypedDict):
    """All that the world's process needs, but for the flag.

    `doors` has the first part of each door's path, and, as `parameter`, that of the search.
    """

    goal: str
    seed: int
    chain: list[Link]
    company: str
    industry: str
    accent: str
    tagline: str
    about: str
    story: str
    doors: dict[str, str]
    agent: Agent
    accounts: list[Account]
    notices: list[Notice]
    records: list[Record]
    files: list[File]
    vault: Vault


def as_world(world: Mapping[str, object]) -> World:
    """Take a mapping that `realize` made for what it is."""
    return cast(World, world)
