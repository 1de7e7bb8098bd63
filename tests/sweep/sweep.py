"""What many worlds are like: `python sweep.py 500` prints a table; a fault exits with 1."""

from __future__ import annotations

import argparse
import collections
import json
import statistics
import sys
import time
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from html import unescape
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from class_blind import solves
from replay import Recorder, replayed
from webapp_worlds import CONTEXTS, PACK, crawl

from openrange import build
from openrange.core.manifest import Manifest, PackRef
from openrange.core.store import SnapshotStore
from openrange.packs.webapp.chain import attempt, exploit
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import contexts_of
from openrange.packs.webapp.world import World, as_world
from openrange.worlds.boot import RunningWorld, boot

GOALS = (
    "The portal of a small company.",
    "The intranet of a veterinary clinic.",
    "The portal of a shipping office.",
    "A school's website for its staff.",
    "The pages of a bank's branch.",
    "The portal of a wind farm.",
    "A bakery's staff portal.",
)


def one(seed: int, difficulty: int, folder: str, attack: bool) -> dict[str, Any]:
    """Build one world, and take it apart as it is stored."""
    options = {"difficulty": difficulty}
    manifest = Manifest(
        world={"goal": GOALS[seed % len(GOALS)]}, pack=PackRef("webapp", options=options), seed=seed
    )
    began = time.perf_counter()
    events: list[str] = []
    built = build(
        manifest, llm="offline", output=folder, on_event=lambda step, _: events.append(step)
    )
    seconds = time.perf_counter() - began
    snapshot = SnapshotStore(Path(folder)).load(built.id)
    world = as_world(snapshot.world)
    with boot(PACK.command(), snapshot.world) as running:
        visitor = Recorder(running.url)
        solved = PACK.solve(visitor, snapshot.world) == running.flag
        seen = [*crawl(running.visitor())]
        signed_in = running.visitor()
        PACK.sign_in(signed_in, snapshot.world)
        seen += crawl(signed_in)
        leaked = any(
            running.flag[5:-1] in f"{page.url}{page.headers}{unescape(page.body)}" for page in seen
        )
        blind = attack and solves(running.visitor(), dict(snapshot.world))
        single = attack and len(world["chain"]) == 1
        procedures = [*same_class(running, world)] if single else []
    return {
        "id": snapshot.id,
        "seed": seed,
        "difficulty": difficulty,
        "attempts": events.count("attempt_started"),
        "solved": solved,
        "leaked": leaked,
        "structure": world["structure"],
        "chain": [f"{link['weakness']}/{link['context']}" for link in world["chain"]],
        "requests": len(visitor.sent),
        "seconds": seconds,
        "blind": blind,
        "procedures": procedures,
    }


def same_class(running: RunningWorld, world: World) -> Iterator[str]:
    """The contexts whose solvers, each a fixed procedure for the first link's class, solve it."""
    (link, *_) = world["chain"]
    visitor, password = running.visitor(), world["agent"]["password"]
    for name in contexts_of()[link["weakness"]]:
        if name == link["context"]:
            found = exploit(visitor, world, 0, password)
        else:
            client = Client(running.visitor(), world, 0, password)
            found = attempt(client, link, link["weakness"], name, world["seed"])
        if found == running.flag:
            yield name


def replays(rows: list[dict[str, Any]], folder: str, most: int) -> tuple[int, int]:
    """How often what solved one world of a single link solves another one of its class."""
    single = collections.defaultdict(list)
    for row in rows:
        if row["difficulty"] == 1:
            single[row["chain"][0].partition("/")[0]].append(row["id"])
    found = tried = 0
    store = SnapshotStore(Path(folder))
    pairs = [
        (first, ids[(place + step) % len(ids)])
        for step in range(1, max(map(len, single.values()), default=1))
        for ids in single.values()
        if step < len(ids)
        for place, first in enumerate(ids)
    ]
    for first, second in pairs[:most]:
        here, there = store.load(first), store.load(second)
        with boot(PACK.command(), here.world) as running:
            visitor = Recorder(running.url)
            PACK.solve(visitor, here.world)
        with boot(PACK.command(), there.world) as running:
            worlds = as_world(here.world), as_world(there.world)
            found += replayed(visitor.sent, *worlds, running.url)
            tried += 1
    return found, tried


def told(rows: list[dict[str, Any]], replay: tuple[int, int]) -> Iterator[str]:
    """The table."""
    yield f"{len(rows):6}  worlds"
    yield f"{sum(row['attempts'] == 1 for row in rows):6}  admitted at the first attempt"
    yield f"{sum(row['solved'] for row in rows):6}  solved as stored, in another process"
    yield f"{sum(row['leaked'] for row in rows):6}  leaks that a crawl of the tests finds"
    yield f"{len({row['structure'] for row in rows}):6}  structures"
    planted = collections.Counter(name for row in rows for name in row["chain"])
    yield f"{len(planted):6}  of {len(CONTEXTS)} contexts met"
    yield f"{replay[0]:6}  of {replay[1]} replays on another world of the class find its flag"
    for difficulty in sorted({row["difficulty"] for row in rows}):
        here = [row for row in rows if row["difficulty"] == difficulty]
        blind = sum(row["blind"] for row in here)
        middle = statistics.median(row["seconds"] for row in here)
        asked = statistics.median(row["requests"] for row in here)
        yield (
            f"difficulty {difficulty}: {len(here)} worlds, of which a script solves {blind}; "
            f"medians: built in {middle:.2f} s, solved by {asked:.0f} requests"
        )
    for name in CONTEXTS:
        yield f"{planted[name]:6}  {name}"
    if any(row["procedures"] for row in rows):
        yield from best_procedures(rows)


def best_procedures(rows: list[dict[str, Any]]) -> Iterator[str]:
    """For each class, the solver of one context that solves most of the class's worlds."""
    single = [row for row in rows if row["difficulty"] == 1]
    for weakness in contexts_of():
        there = [row for row in single if row["chain"][0].startswith(f"{weakness}/")]
        by_solver = collections.Counter(name for row in there for name in row["procedures"])
        for name, count in by_solver.most_common(1):
            share = f"{count} of {len(there)} worlds ({100 * count / len(there):.0f} %)"
            yield f"the best procedure of {weakness} is {name}'s: {share}"


def main() -> int:
    """Sweep."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=40)
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--difficulty", type=int, help="of all, in place of 1 to 4 in turn")
    parser.add_argument("--attack", action="store_true", help="with a script that tries everything")
    parser.add_argument("--replays", type=int, default=0, help="so many pairs at most")
    parser.add_argument("--json", type=Path, help="a file for a row a world")
    given = parser.parse_args()
    with TemporaryDirectory() as folder, ProcessPoolExecutor(given.processes) as pool:
        seeds = range(given.count)
        levels = [given.difficulty or seed % 4 + 1 for seed in seeds]
        more = [folder] * given.count, [given.attack] * given.count
        rows = [*pool.map(one, seeds, levels, *more)]
        replay = replays(rows, folder, given.replays)
    print("\n".join(told(rows, replay)))
    if given.json:
        given.json.write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")
    sound = all(row["attempts"] == 1 and row["solved"] and not row["leaked"] for row in rows)
    return 0 if sound else 1


if __name__ == "__main__":
    sys.exit(main())
