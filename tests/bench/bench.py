"""How long the steps of a build take on this machine: medians, in milliseconds."""

from __future__ import annotations

import importlib.util
import json
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from typing import Any
from unittest.mock import patch

import openrange
from openrange.core.admission import admit
from openrange.packs.webapp import WebappPack
from openrange.testing.chat_server import Answer, ChatServer, completion
from openrange.worlds.boot import boot
from openrange.worlds.visitor import Visitor, WorldReply

BARE = "import socket, sqlite3; socket.create_server(('127.0.0.1', 0)); sqlite3.connect(':memory:')"


def median(call: Callable[[], object], times: int) -> float:
    call()
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        call()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken) * 1000


def program(*arguments: str) -> Callable[[], object]:
    command = [sys.executable, *arguments]
    return lambda: subprocess.run(command, check=True, capture_output=True)


def with_the_sdk(url: str, request: openrange.LLMRequest) -> Callable[[], object]:
    """The same request by OpenAI's own client, which checks nothing of the object."""
    import openai

    client = openai.OpenAI(base_url=url, api_key="none", max_retries=0)
    described = {"name": "design", "schema": request.json_schema, "strict": False}
    conversation = [
        {"role": "system", "content": request.system},
        {"role": "user", "content": request.prompt},
    ]
    wanted = {"type": "json_schema", "json_schema": described}

    def ask() -> object:
        made = client.chat.completions.create(  # type: ignore[call-overload]
            model="m", messages=conversation, response_format=wanted
        )
        return json.loads(made.choices[0].message.content)

    return ask


def chain_of_three(pack: WebappPack) -> Iterator[str]:
    """How long the admission of a chain of three takes, beside what it cannot do without."""
    ref = openrange.PackRef("webapp", options={"difficulty": 3})
    manifest = openrange.Manifest(world={"goal": "A shipping office."}, pack=ref)
    request = openrange.LLMRequest("design", pack.briefing(manifest), pack.design_schema(manifest))
    design = openrange.OfflineBackend().complete(request).parsed_json
    assert design is not None
    realization = pack.realize(manifest, design)
    twins = pack.twins(realization.world)
    asking: list[float] = []
    real = Visitor._open

    def timed(visitor: Visitor, *given: Any) -> WorldReply:
        started = time.perf_counter()
        try:
            return real(visitor, *given)
        finally:
            asking.append(time.perf_counter() - started)

    def boot_twice() -> None:
        for beside in ((), twins):
            with boot(pack.command(), realization.world, twins=beside):
                pass

    with patch.object(Visitor, "_open", timed):
        whole = median(lambda: admit(pack, realization), 5)
    requests, boots = 1000 * sum(asking) / 6, median(boot_twice, 5)
    yield f"{whole:10.2f}  admit a chain of three"
    yield f"{boots:10.2f}  of that: two boots, one of them beside its twins"
    yield f"{requests:10.2f}  of that: its {len(asking) // 6} requests"
    yield f"{100 * (whole / (boots + requests) - 1):10.0f}  % more than both (goal: at most 20)"


def main() -> None:
    pack, manifest = WebappPack(), openrange.Manifest.starter()
    request = openrange.LLMRequest("design", pack.briefing(manifest), pack.design_schema(manifest))
    design = openrange.OfflineBackend().complete(request).parsed_json
    assert design is not None
    realization = pack.realize(manifest, design)

    def boot_once() -> None:
        with boot(pack.command(), realization.world):
            pass

    line = json.dumps({"world": realization.world, "flag": "flag{}"}).encode() + b"\n"

    def world_alone() -> object:
        return subprocess.run(pack.command(), input=line, check=True, capture_output=True)

    instant = Answer(document=completion(json.dumps(design)))
    with (
        ChatServer(lambda seen: instant).running() as server,
        tempfile.TemporaryDirectory() as folder,
    ):
        llm = openrange.OpenAICompatibleBackend(base_url=server.url, model="m")
        plain = openrange.LLMRequest("hello")
        offline = ["-m", "openrange", "build", "--backend", "offline", "--output", folder]
        rows: list[tuple[str, Callable[[], object], int]] = [
            ("python -c pass", program("-c", "pass"), 10),
            ("import openrange, in a new process", program("-c", "import openrange"), 10),
            ("openrange backends, in a new process", program("-m", "openrange", "backends"), 5),
            ("openrange build --backend offline, in a new process", program(*offline), 5),
            ("resolve a backend by name", lambda: openrange.resolve_backend("offline"), 50),
            ("offline: a design", lambda: openrange.OfflineBackend().complete(request), 20),
            (
                "openai-compatible: a plain request to a local server",
                lambda: llm.complete(plain),
                50,
            ),
            (
                "openai-compatible: a design by webapp's schema, from an instant local server",
                lambda: llm.complete(request),
                100,
            ),
            ("a process that opens a socket and SQLite", program("-P", "-c", BARE), 10),
            ("a world's process, until it says its port and ends", world_alone, 10),
            ("boot a world and stop it", boot_once, 10),
            ("admit a world", lambda: admit(pack, realization), 10),
        ]
        if importlib.util.find_spec("openai"):
            ask = with_the_sdk(server.url, request)
            rows.insert(7, ("the same by the openai SDK, unchecked", ask, 100))
        for name, call, times in rows:
            print(f"{median(call, times):10.2f}  {name}")
        print("\n".join(chain_of_three(pack)))


if __name__ == "__main__":
    main()
