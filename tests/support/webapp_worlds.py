"""For the tests of the webapp pack: designs, a portal's real process, and a plain crawl."""

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
from openrange.packs.webapp.weaknesses import contexts_of
from openrange.packs.webapp.world import Link
from openrange.worlds.visitor import Visitor, WorldReply

PACK = WebappPack()
CLASSES = ("forged_session", "insecure_direct_object_reference", "sql_injection")
Design = dict[str, object]


def manifest_of(
    goal: str = "The portal of a small shipping office.", seed: int = 0, **options: Any
) -> Manifest:
    """A manifest for the pack."""
    return Manifest(world={"goal": goal}, pack=PackRef("webapp", options=options), seed=seed)


LONGEST = {"company": 60, "tagline": 100, "about": 400, "story": 400}
"""The greatest lengths of the texts that a portal shows, in characters."""
LONGEST_IN = {
    "employees": {"name": 40, "title": 50},
    "notices": {"title": 60, "body": 200},
    "records": {"title": 60, "body": 200},
}


def design_of(text: Callable[[str, int], str] | None = None, **fields: object) -> Design:
    """A conforming design, whose free text is what `text(slot, longest)` says."""
    write = text or (lambda slot, longest: f"About {slot}"[:longest])

    def entries(slot: str, count: int) -> list[dict[str, str]]:
        return [
            {
                part: write(f"{slot.removesuffix('s')} {number} {part}", longest)
                for part, longest in LONGEST_IN[slot].items()
            }
            for number in range(count)
        ]

    return {
        "company": write("company", LONGEST["company"]),
        "industry": "retail",
        "tagline": write("tagline", LONGEST["tagline"]),
        "about": write("about", LONGEST["about"]),
        "accent": "forest",
        "employees": entries("employees", 3),
        "notices": entries("notices", 2),
        "records": entries("records", 3),
        "directory_path": "staff",
        "search_parameter": "term",
        "records_path": "tickets",
        "console_path": "control",
        "weakness": "sql_injection",
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


def link_of(weakness: str) -> Link:
    """A link of that class, in the first of its contexts."""
    return {"weakness": weakness, "context": contexts_of()[weakness][0], "facts": {}}


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

    def signed_in(self) -> Visitor:
        """A client that has signed in as the agent."""
        visitor = self.visitor()
        PACK.sign_in(visitor, self.world)
        return visitor

    def search(self, term: str) -> WorldReply:
        """What the staff directory answers to a term."""
        doors = self.world["doors"]
        return self.signed_in().get(f"/{doors['directory']}", {doors["parameter"]: term})


@contextmanager
def running(
    design: Mapping[str, object] | None = None, manifest: Manifest | None = None
) -> Iterator[Running]:
    """A world's process, booted by the protocol of `Pack.command`."""
    realization = PACK.realize(manifest or manifest_of(), design or design_of())
    flag = f"flag{{{secrets.token_hex(16)}}}"
    with subprocess.Popen(
        PACK.command(), stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            boot = {"world": realization.world, "flag": flag}
            process.stdin.write(json.dumps(boot).encode() + b"\n")
            process.stdin.flush()
            port = json.loads(process.stdout.readline())["port"]
            yield Running(process, port, flag, cast(Mapping[str, Any], realization.world))
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
