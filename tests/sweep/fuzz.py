"""Nonsense at every door of many worlds: `python fuzz.py 50 --seconds 600` prints what came of it.

A fault exits with 1: a status of 500 that is not planted, memory that grows, an answer that fails,
or a world's process that touches a file, a program or a connection of the host's, which an audit
hook tells.
"""

from __future__ import annotations

import argparse
import collections
import os
import random
import re
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "support"))

from webapp_worlds import PACK, design_of, manifest_of

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import context_of, contexts_of
from openrange.packs.webapp.world import World, as_world
from openrange.worlds.boot import boot
from openrange.worlds.visitor import VisitError

VERBOSE = ("sql_injection", "information_disclosure")
"""Classes of which some contexts answer with an error that says too much, on purpose."""
MOST_GROWTH = 16_000_000
"""Bytes by which a world's memory may grow between its first requests and its last."""

# Python imports this module by its name before all else. It watches from when the port is bound.
HOOK = """
import os, sys
WATCHED = (
    "open socket.connect socket.getaddrinfo subprocess.Popen os.system os.exec os.posix_spawn "
    "os.fork os.remove os.rename os.mkdir os.chdir pickle.find_class ctypes.dlopen sqlite3.connect"
).split()
def is_harmless(event, arguments):
    name = str(arguments[0]) if arguments else ""
    if event == "sqlite3.connect":
        return name == ":memory:"
    return event == "open" and name.startswith(OWN) and arguments[1] in ("r", "rb", None)
OWN = (sys.prefix, sys.base_prefix, *filter(None, sys.path))
told = os.open(os.path.join(os.path.dirname(__file__), str(os.getpid())), os.O_CREAT | os.O_WRONLY)
is_watching = []
def hook(event, arguments):
    if event == "socket.bind":
        is_watching.append(True)
    elif is_watching and event in WATCHED and not is_harmless(event, arguments):
        os.write(told, f"{event} {arguments!r}\\n".encode())
sys.addaudithook(hook)
"""
PARTS = (
    *("'", '"', "--", ";", "`", "(", ")", " OR 1=1", " UNION SELECT ", "CASE WHEN ", "%", "_"),
    *("../", "..%2f", "%252e", "/etc/passwd", "\\", "\x00", "\r\n", "\t", "http://", "@", "#", "?"),
    *("{{", "}}", "{0}", "${", "$(", "|", "&&", "<", ">", "<!DOCTYPE x [", "<!ENTITY a SYSTEM '"),
    *("&a;", "null", "true", "-1", "0", "1e999", "99999999999999999999", "[]", "{}", "admin"),
    *("\u0131", "\u202e", "\xed\xa0\x80", "\xe9", "\U0001d7d9", "A" * 2000),
)


def nonsense(chance: random.Random) -> str:
    """A text of a few parts."""
    return "".join(chance.choice(PARTS) for _ in range(chance.randint(0, 8)))


def ask(client: Client, door: Any, chance: random.Random) -> int:
    """Send nonsense to a door; the status of what it answers."""
    parameter = chance.choice([door["parameter"], nonsense(chance) or "x", "id"])
    fields = {parameter: nonsense(chance), chance.choice(["role", "page", "to"]): nonsense(chance)}
    path = door["path"]
    if chance.random() < 0.3:
        path += "/" + re.sub(r"[^!-~]|[#?]", "", nonsense(chance))
    headers = {"Accept": chance.choice(["*/*", "application/json", "text/x"])}
    if chance.random() < 0.2:
        headers["Cookie"] = re.sub(r"[^ -~]", "", f"{client.words['cookie']}={nonsense(chance)}")
    way = chance.randint(0, 3)
    if way == 0:
        return client.get(path, fields, **headers).status
    if way == 1:
        return client.post(path, fields).status
    if way == 2:
        return client.send({**door, "path": path}, fields).status
    return client.send(door, {door["parameter"]: nonsense(chance)}).status


def memory_of(pid: int) -> int:
    """Resident memory, in bytes."""
    pages = Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def clients(world: World, running: Any) -> list[Client]:
    """A client of each service, which has passed its gate."""
    found, key = [], world["agent"]["password"]
    for number in range(len(world["chain"])):
        found.append(Client(running.visitor(), world, number, key))
        key = PACK.exploit(running.visitor(), dict(world), number, key)
    return found


def one(seed: int, seconds: float, folder: str) -> dict[str, Any]:
    """Fuzz one world for some seconds."""
    chance = random.Random(seed)
    classes = list(contexts_of())
    chosen = chance.sample(classes, 3)
    manifest = manifest_of(seed=seed, difficulty=3)
    world = as_world(PACK.realize(manifest, design_of(weaknesses=chosen)).world)
    os.environ["PYTHONPATH"] = folder
    statuses: collections.Counter[int] = collections.Counter()
    faults, slowest, before = [], 0.0, 0
    with boot(PACK.command(), dict(world)) as running:
        there = clients(world, running)
        doors = [(client, door) for client in there for door in client.service["doors"]]
        began = time.monotonic()
        while (passed := time.monotonic() - began) < seconds:
            client, door = chance.choice(doors)
            asked = time.monotonic()
            try:
                status = ask(client, door, chance)
            except VisitError as error:
                faults.append(f"{door['kind']}: {error}")
                if running.has_ended(1.0):
                    break
                continue
            slowest = max(slowest, time.monotonic() - asked)
            statuses[status] += 1
            link = world["chain"][there.index(client)]
            is_planted = link["weakness"] in VERBOSE and door["kind"] in context_of(link).DOORS
            if status == 500 and not is_planted:
                faults.append(f"{door['kind']}: status 500 ({link['weakness']})")
            if passed > seconds / 5 and not before:
                before = memory_of(running.process.pid)
        grown = memory_of(running.process.pid) - before
        said = Path(folder, str(running.process.pid)).read_text(encoding="utf-8")
    faults += [f"touched the host: {line}" for line in said.splitlines()]
    if grown > MOST_GROWTH:
        faults.append(f"memory grew by {grown:,} bytes")
    return {"statuses": statuses, "slowest": slowest, "grown": grown, "faults": faults}


def main() -> int:
    """Fuzz."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("count", type=int, nargs="?", default=50)
    parser.add_argument("--seconds", type=float, default=600.0, help="for all of them together")
    parser.add_argument("--processes", type=int, default=2)
    given = parser.parse_args()
    each = given.seconds * given.processes / given.count
    with TemporaryDirectory() as folder, ProcessPoolExecutor(given.processes) as pool:
        Path(folder, "sitecustomize.py").write_text(HOOK, encoding="utf-8")
        count = given.count
        rows = [*pool.map(one, range(count), [each] * count, [folder] * count)]
    statuses = sum((row["statuses"] for row in rows), collections.Counter[int]())
    print(f"{len(rows):8}  worlds of three services")
    print(f"{statuses.total():8}  answers: {dict(sorted(statuses.items()))}")
    print(f"{max(row['slowest'] for row in rows):8.2f}  seconds that the slowest of them took")
    print(f"{max(row['grown'] for row in rows):8,}  bytes that a world's memory grew by, at most")
    faults = [f"seed {seed}: {fault}" for seed, row in enumerate(rows) for fault in row["faults"]]
    print(f"{len(faults):8}  faults", *faults[:50], sep="\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
