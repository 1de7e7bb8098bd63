"""The shape of a realized world, as it stands in a snapshot: plain JSON, and no secret in it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NotRequired, TypedDict, cast


class Link(TypedDict):
    """One weakness of a world's chain, on the service of the same number.

    `key` says what sort of thing it gives away (`openrange.packs.webapp.keys`), and `facts` what
    its context drew for this world. In a twin of the world, one link is `mended`.
    """

    weakness: str
    context: str
    key: str
    facts: Mapping[str, Any]
    mended: NotRequired[bool]


class Account(TypedDict):
    """Somebody who works at the company."""

    login: str
    name: str
    title: str
    role: str
    unit: str
    room: str


class Text(TypedDict):
    """Something with a title: a notice, a service's page, a file."""

    title: str
    body: str


class Record(TypedDict):
    """What its owner alone may read. The sealed one holds what the others must not know."""

    number: int
    id: str
    owner: str
    title: str
    body: str
    sealed: bool


class Item(TypedDict):
    """Something that the company handles."""

    number: int
    name: str
    state: str
    amount: int


class Gate(TypedDict):
    """How one gets into a service.

    `kind` is a sort of key: with a `password` one signs in as `login`, a `token` goes where `place`
    says, and an `address` is where the service is. Whoever passes is taken for `login`.
    """

    kind: str
    login: str
    place: str


class Door(TypedDict):
    """One kind of request that a service answers.

    `kind` names the class of `openrange.packs.webapp.doors`; `method` is how its form is sent: GET,
    POST or JSON. `facts` differ from kind to kind.
    """

    kind: str
    path: str
    method: str
    parameter: str
    facts: Mapping[str, Any]


class Service(TypedDict):
    """One of the systems that stand behind the world's port.

    It is at the path `/mount`, or at `mount.localhost` if `by_host`; the first one is at `/`.
    `words` are what differs between worlds and means nothing: cookies, roles, tables, phrases.
    """

    title: str
    mount: str
    by_host: bool
    gate: Gate
    secret: str
    doors: list[Door]
    accounts: list[Account]
    records: list[Record]
    items: list[Item]
    notices: list[Text]
    files: list[Text]
    internal: list[Text]
    words: Mapping[str, Any]


class World(TypedDict):
    """All that the world's process needs, but for the flag."""

    goal: str
    seed: int
    company: str
    industry: str
    accent: str
    tagline: str
    about: str
    story: str
    agent: Mapping[str, str]
    services: list[Service]
    chain: list[Link]
    structure: str


def as_world(world: Mapping[str, object]) -> World:
    """Take a mapping that `realize` made for what it is."""
    return cast(World, world)


def door_of(service: Service, kind: str) -> Door | None:
    """The door of that kind, if the service has one."""
    return next((door for door in service["doors"] if door["kind"] == kind), None)
