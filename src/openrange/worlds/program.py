"""The program of a world, but for the world: the protocol of `Pack.command`."""

from __future__ import annotations

import json
import os
import resource
import sys
import threading
import time

from openrange.worlds.http import Request, Response
from openrange.worlds.server import Bounds, Server

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from typing import Any, NoReturn

MAX_LINE_BYTES = 16_000_000
MAX_MEMORY_BYTES = 512_000_000
SECONDS_BETWEEN_LOOKS = 0.5


def serve(
    make: Callable[[Mapping[str, Any], str], Callable[[Request], Response]],
    bounds: Bounds | None = None,
) -> NoReturn:
    """Serve a world until standard input ends, or the process that started it does.

    One line is read from standard input, `{"world": ..., "flag": ...}`, and one is written to
    standard output, `{"port": ...}`. Worlds in a list `twins` of that line are served beside it,
    with the same flag, at the ports in the list `twins` of the answer. The process may take
    `MAX_MEMORY_BYTES` of memory, where the system holds it to that.

    Args:
        make: Makes of a world and its flag what answers requests, by several threads at once.
        bounds: What visitors get at most.
    """
    parent = os.getppid()
    _bound_memory()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    answers = _made(sys.stdin.buffer.readline(MAX_LINE_BYTES + 1), make)
    if not answers:
        sys.exit('expected one line of JSON on standard input: {"world": ..., "flag": ...}')
    servers = [Server(answer, bounds) for answer in answers]
    for server in servers:
        threading.Thread(target=server.run, daemon=True).start()
    port, *twins = [server.port for server in servers]
    sys.stdout.write(json.dumps({"port": port, "twins": twins} if twins else {"port": port}) + "\n")
    sys.stdout.flush()
    try:
        while sys.stdin.buffer.read(65_536):
            pass
    except KeyboardInterrupt:
        pass
    _end()


def _made(
    line: bytes, make: Callable[[Mapping[str, Any], str], Callable[[Request], Response]]
) -> list[Callable[[Request], Response]]:
    """What a line describes; nothing, and not a word of the line, if it describes nothing."""
    if len(line) > MAX_LINE_BYTES:
        return []
    try:
        boot = json.loads(line)
        worlds, flag = [boot["world"], *boot.get("twins", ())], boot["flag"]
        return [make(world, flag) for world in worlds] if isinstance(flag, str) else []
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return []


def _bound_memory() -> None:
    for kind, wanted in ((resource.RLIMIT_DATA, MAX_MEMORY_BYTES), (resource.RLIMIT_CORE, 0)):
        _, most = resource.getrlimit(kind)
        if most == resource.RLIM_INFINITY or most > wanted:
            try:  # noqa: SIM105 - here and below: what is not imported is not waited for
                resource.setrlimit(kind, (wanted, wanted))
            except (ValueError, OSError):
                pass  # a system without this limit


def _end_with(parent: int) -> None:
    """End when the parent does, also where a child of its own still holds the pipe to us."""
    while os.getppid() == parent:
        time.sleep(SECONDS_BETWEEN_LOOKS)
    _end()


def _end() -> NoReturn:
    """End at once, whatever the threads are busy with, and with all that was started here."""
    if os.getpgrp() == os.getpid():
        os.killpg(0, 9)
    os._exit(0)
