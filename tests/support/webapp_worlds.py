"""For the tests of the webapp pack: designs, a world's real process, and a plain crawl."""

from __future__ import annotations

import json
import re
import secrets
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from typing import Any, cast

from openrange.core.manifest import Manifest, PackRef
from openrange.packs.webapp import WebappPack
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import contexts_of
from openrange.packs.webapp.world import World, door_of
from openrange.worlds.visitor import Visitor, WorldReply

PACK = WebappPack()
CLASSES = (
    "broken_function_authorization",
    "broken_object_authorization",
    "business_logic",
    "command_injection",
    "forged_tokens",
    "information_disclosure",
    "insecure_randomness",
    "path_traversal",
    "request_forgery",
    "sql_injection",
    "template_injection",
    "weak_credentials",
    "xml_entities",
)
CONTEXTS = [f"{name}/{each}" for name, names in contexts_of().items() for each in names]
Design = dict[str, object]


def manifest_of(
    goal: str = "The portal of a small shipping office.", seed: int = 0, **options: Any
) -> Manifest:
    """A manifest for the pack."""
    return Manifest(world={"goal": goal}, pack=PackRef("webapp", options=options), seed=seed)


LONGEST = {"company": 60, "tagline": 100, "about": 400, "guarded": 60, "story": 400}
"""The greatest lengths of the texts that a world shows, in characters."""
LONGEST_IN = {
    "people": {"name": 40, "title": 50},
    "notices": {"title": 60, "body": 200},
    "records": {"title": 60, "body": 200},
}


def design_of(text: Callable[[str, int], str] | None = None, **fields: object) -> Design:
    """A conforming design, whose free text is what `text(slot, longest)` says.

    `weakness` stands for `weaknesses`, a list of that one.
    """
    write = text or (lambda slot, longest: f"About {slot}"[:longest])

    def entries(slot: str, count: int) -> list[dict[str, str]]:
        return [
            {
                part: write(f"{slot.removesuffix('s')} {number} {part}", longest)
                for part, longest in LONGEST_IN[slot].items()
            }
            for number in range(count)
        ]

    if "weakness" in fields:
        fields["weaknesses"] = [fields.pop("weakness")]
    return {
        "company": write("company", LONGEST["company"]),
        "industry": "logistics",
        "tagline": write("tagline", LONGEST["tagline"]),
        "about": write("about", LONGEST["about"]),
        "accent": "forest",
        "people": entries("people", 4),
        "notices": entries("notices", 2),
        "records": entries("records", 3),
        "words": [write(f"word {number}", 16) for number in range(4)],
        "guarded": write("guarded", LONGEST["guarded"]),
        "weaknesses": ["sql_injection"],
        "story": write("story", LONGEST["story"]),
    } | fields


def free_text(design: Mapping[str, Any]) -> list[tuple[str, int]]:
    """What a design puts into the slots for free text, and how much of each is shown."""
    texts = [(design[slot], longest) for slot, longest in LONGEST.items()]
    return texts + [
        (entry[part], longest)
        for slot, parts in LONGEST_IN.items()
        for entry in design[slot]
        for part, longest in parts.items()
    ]


def made(
    *contexts: str,
    seed: int = 0,
    text: Callable[[str, int], str] | None = None,
    **fields: object,
) -> World:
    """A world whose chain is of these contexts, as `class/context`, one after the other."""
    manifest = manifest_of(seed=seed, weaknesses=list(contexts), difficulty=len(contexts))
    design = design_of(text, weaknesses=[each.partition("/")[0] for each in contexts], **fields)
    return cast(World, dict(PACK.realize(manifest, design).world))


def with_doors(context: str, *kinds: str, **fields: Any) -> World:
    """A world of one link whose portal has doors of these kinds; a search shows name and title, and
    has a form, which says what was looked for.
    """
    for seed in range(5_000):
        world = made(context, seed=seed, **fields)
        (service,) = world["services"]
        search = door_of(service, "search")
        shown = search["facts"]["shown"] if search else ["name", "title"]
        has_form = search is None or search["method"] != "JSON"
        is_as_wanted = has_form and {"name", "title"} <= {*shown}
        if is_as_wanted and all(door_of(service, kind) for kind in kinds):
            return world
    raise AssertionError("no such world")


@dataclass
class Running:
    """A booted world."""

    process: subprocess.Popen[bytes]
    port: int
    flag: str
    world: Mapping[str, Any]

    def visitor(self) -> Visitor:
        """An anonymous client."""
        return Visitor(f"http://127.0.0.1:{self.port}")

    def client(self) -> Client:
        """A client of the portal that has signed in as the agent."""
        password = self.world["agent"]["password"]
        return Client(self.visitor(), cast(World, self.world), 0, password)

    def signed_in(self) -> Visitor:
        """A visitor that has signed in as the agent."""
        return self.client().visitor

    def send(self, kind: str, value: str) -> WorldReply:
        """What a door of the portal answers to what its form sends."""
        client = self.client()
        return client.send(client.door(kind), value)


@contextmanager
def running(world: Mapping[str, Any] | None = None) -> Iterator[Running]:
    """A world's process, booted by the protocol of `Pack.command`."""
    world = world or cast(Mapping[str, Any], made("sql_injection/string"))
    flag = f"flag{{{secrets.token_hex(16)}}}"
    with subprocess.Popen(
        PACK.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            process.stdin.write(json.dumps({"world": world, "flag": flag}).encode() + b"\n")
            process.stdin.flush()
            port = json.loads(process.stdout.readline())["port"]
            yield Running(process, port, flag, world)
        finally:
            process.kill()


def crawl(visitor: Visitor) -> list[WorldReply]:
    """Follow every link and every GET form without parameters, as far as that goes."""
    waiting, seen = ["/", "/robots.txt"], set[str]()
    pages: list[WorldReply] = []
    while waiting:
        path = waiting.pop()
        if path not in seen:
            seen.add(path)
            page = visitor.get(path)
            pages.append(page)
            waiting += [unescape(link) for link in re.findall(r'href="(/[^"]*)"', page.body)]
            waiting += re.findall(r'method="get" action="(/[^"]*)"', page.body)
            waiting += re.findall(r"Disallow: (/\S+)", page.body)
    return pages


def replies(visitor: Visitor) -> str:
    """Everything that a visitor was told, headers included."""
    return "\n".join(f"{page.url}\n{page.headers}\n{page.body}" for page in visitor.replies)
