"""The shape of a realized portal, as it stands in a snapshot: plain JSON, and no flag in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypedDict, cast

EMPLOYEE = "employee"
ADMINISTRATOR = "administrator"


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


class Doors(TypedDict):
    """Path segments of the three doors, and the parameter of the search."""

    directory: str
    parameter: str
    records: str
    console: str


class Notice(TypedDict):
    """What everybody may read."""

    title: str
    body: str


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
    """All that the world's process needs, but for the flag."""

    goal: str
    seed: int
    weakness: str
    company: str
    industry: str
    accent: str
    tagline: str
    about: str
    story: str
    doors: Doors
    agent: Agent
    accounts: list[Account]
    notices: list[Notice]
    records: list[Record]
    vault: Vault


def as_world(world: Mapping[str, object]) -> World:
    """Take a mapping that `realize` made for what it is."""
    return cast(World, world)
