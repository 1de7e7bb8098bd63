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
from openrange.worlds.visitor import Visitor, WorldReply

PACK = WebappPack()
CLASSES = ("sql_injection", "insecure_direct_object_reference", "forged_session")
Design = dict[str, object]


def manifest_of(
    goal: str = "The portal of a small shipping office.", seed: int = 0, **options: Any
) -> Manifest:
    """A manifest for the pack."""
    return Manifest(world={"goal": goal}, pack=PackRef("webapp", options=options), seed=seed)


def design_of(text: Callable[[str, int], str] | None = None, **fields: object) -> Design:
    """A conforming design, whose free text is what `text(slot, longest)` says."""
    write = text or (lambda slot, longest: f"About {slot}"[:longest])

    def paragraph(slot: str) -> dict[str, str]:
        return {"title": write(f"{slot} title", 60), "body": write(f"{slot} body", 200)}

    return {
        "company": write("company", 60),
        "industry": "retail",
        "tagline": write("tagline", 100),
        "about": write("about", 400),
        "accent": "forest",
        "employees": [
            {"name": write(f"employee {n} name", 40), "title": write(f"employee {n} title", 50)}
            for n in range(3)
        ],
        "notices": [paragraph(f"notice {n}") for n in range(2)],
        "records": [paragraph(f"record {n}") for n in range(3)],
        "directory_path": "staff",
        "search_parameter": "term",
        "records_path": "tickets",
        "console_path": "control",
        "weakness": "sql_injection",
        "story": write("story", 400),
    } | fields


def free_text(design: Mapping[str, Any]) -> list[str]:
    """What a design puts into the slots for free text."""
    entries = [*design["employees"], *design["notices"], *design["records"]]
    texts = [design[slot] for slot in ("company", "tagline", "about", "story")]
    return texts + [text for entry in entries for text in entry.values()]


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
