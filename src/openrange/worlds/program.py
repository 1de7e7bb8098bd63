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
    standard output, `{"port": ...}`. The process may take `MAX_MEMORY_BYTES` of memory, where the
    system holds it to that.

    Args:
        make: Makes of a world and its flag what answers requests, by several threads at once.
        bounds: What visitors get at most.
    """
    parent = os.getppid()
    _bound_memory()
    threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    answer = _made(sys.stdin.buffer.readline(MAX_LINE_BYTES + 1), make)
    if answer is None:
        sys.exit('expected one line of JSON on standard input: {"world": ..., "flag": ...}')
    server = Server(answer, bounds)
    threading.Thread(target=server.run, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.port}) + "\n")
    sys.stdout.flush()
    try:
        while sys.stdin.buffer.read(65_536):
            pass
    except KeyboardInterrupt:
        pass
    _end()


def _made(
    line: bytes, make: Callable[[Mapping[str, Any], str], Callable[[Request], Response]]
) -> Callable[[Request], Response] | None:
    """What a line describes; None, and not a word of the line, if it describes nothing."""
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        boot = json.loads(line)
        world, flag = boot["world"], boot["flag"]
        return make(world, flag) if isinstance(flag, str) else None
    except (ValueError, LookupError, TypeError, AttributeError, RecursionError):
        return None


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
