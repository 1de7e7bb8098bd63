"""A portal's program that goes wrong in one way: `python sabotage.py WAY [DETAIL]`.

It keeps the protocol of `Pack.command` as far as the way allows. The tests of admission judge what
comes of each; `SabotagedPack` runs it.
"""

from __future__ import annotations

import base64
import codecs
import fcntl
import json
import os
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, cast

from openrange.packs.webapp import WebappPack
from openrange.packs.webapp.portal import Portal
from openrange.packs.webapp.weaknesses import context_of
from openrange.packs.webapp.world import World
from openrange.worlds.http import Request, Response
from openrange.worlds.server import Bounds, Server

SPELLINGS: dict[str, Callable[[str], str]] = {
    "plain": lambda flag: f"<p>The code is {flag}.</p>",
    "unwrapped": lambda flag: f"<p>The code is {flag[5:-1]}.</p>",
    "upper case": str.upper,
    "base64": lambda flag: base64.b64encode(flag.encode()).decode(),
    "base64 in a sentence": lambda flag: base64.b64encode(f"It is {flag}!".encode()).decode(),
    "base64 twice": lambda flag: base64.b64encode(base64.b64encode(flag.encode())).decode(),
    "base32": lambda flag: base64.b32encode(f"so: {flag}".encode()).decode(),
    "hex": lambda flag: flag.encode().hex(),
    "rot13": lambda flag: codecs.encode(flag, "rot13"),
    "reversed": lambda flag: flag[::-1],
    "a comment": lambda flag: f"<!-- {flag} -->",
    "split by tags": lambda flag: "".join(f"<b>{character}</b>" for character in flag),
    "entities": lambda flag: "".join(f"&#{ord(character)};" for character in flag),
}


class SabotagedPack(WebappPack):
    """The webapp pack, whose worlds are served by this program.

    Args:
        way: Which of the ways below.
        detail: What the way needs to know.
    """

    def __init__(self, way: str, *detail: str) -> None:
        self._arguments = (way, *detail)

    def command(self) -> Sequence[str]:
        """This file, run by this interpreter."""
        return (sys.executable, "-P", __file__, *self._arguments)


class Sabotaged:
    """A portal whose replies are changed on their way out.

    Args:
        world: The realized portal.
        flag: The secret of this boot.
        way: What to do to the replies.
        detail: What the way needs to know.
    """

    def __init__(self, world: World, flag: str, way: str, detail: Sequence[str]) -> None:
        self._portal = Portal(world, flag)
        self._flag = flag
        self._way = way
        service, kind = world["services"][0], context_of(world["chain"][0]).DOORS[0]
        self._door = next(f"/{d['path']}" for d in service["doors"] if d["kind"] == kind)
        self._out = next(f"/{d['path']}" for d in service["doors"] if d["kind"] == "sign_out")
        # A page may be named by the kind of its door.
        paths = {f"@{d['kind']}": f"/{d['path']}" for d in service["doors"]}
        self._detail = [paths.get(each, each) for each in detail]
        self._has_said_goodbye = False
        if way == "has a child":
            _start_a_child_that_locks(detail[0])

    def answer(self, request: Request) -> Response:
        """The portal's answer, made worse."""
        honest = self._portal.answer(request)
        path = request.path
        match self._way:
            case "leaks on a page" if path == self._detail[1]:
                said = SPELLINGS[self._detail[0]](self._flag)
                return _changed(honest, body=f"{honest.body!s}\n{said}")
            case "leaks in a header" if path == self._detail[0]:
                return _changed(honest, headers={**honest.headers, "X-Debug": self._flag})
            case "leaks in a redirect" if path == self._detail[0] and honest.status == 303:
                return _changed(honest, headers={**honest.headers, "X-Debug": self._flag})
            case "leaks on a hidden page" if path == "/robots.txt":
                return _changed(honest, body="User-agent: *\nDisallow: /hidden\n")
            case "leaks on a hidden page" if path == "/hidden":
                return Response(self._flag)
            case "leaks at its door" if path.startswith(self._door):
                return _changed(honest, body=f"{honest.body!s}\n{self._flag}")
            case "dies of a page" if path == self._detail[0]:
                os._exit(3)
            case "is broken after a while":
                self._has_said_goodbye |= path == self._out
                if path == "/" and self._has_said_goodbye:
                    return Response("broken", HTTPStatus.INTERNAL_SERVER_ERROR)
            case "is slow" if path != "/":
                time.sleep(8)  # less than a visitor waits for one reply
            case "shows its environment" if path == "/environment":
                return Response("\n".join(os.environ))
            case "has a page that is too large" if path == self._detail[0]:
                return Response("x" * 3_000_000 + self._flag)
        return honest


def _changed(response: Response, **changes: Any) -> Response:
    return Response(**{**vars(response), **changes})


def _start_a_child_that_locks(file: str) -> None:
    """The lock lasts until the last of both processes is gone."""
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT)
    fcntl.flock(descriptor, fcntl.LOCK_EX)
    subprocess.Popen(["sleep", "600"], pass_fds=[descriptor])


def is_unlocked_soon(file: str | os.PathLike[str], seconds: float = 30.0) -> bool:
    """Whether all processes that hold the lock are gone within so many seconds."""
    ends = time.monotonic() + seconds
    with Path(file).open("rb") as stream:
        while True:
            try:
                fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
                return True
            except BlockingIOError:
                if time.monotonic() > ends:
                    return False
                time.sleep(0.01)


def main() -> None:
    """Serve a world the wrong way, until standard input ends."""
    way, *detail = sys.argv[1:]
    if way == "does not start":
        sys.exit(7)
    if way == "never says its port":
        time.sleep(600)
    boot = json.loads(sys.stdin.readline())
    world, flag = cast(World, boot["world"]), boot["flag"]
    if way == "says something else":
        print("Serving on port 8000", flush=True)
        time.sleep(600)
    if way == "never replies":
        listener = socket.create_server(("127.0.0.1", 0))
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        time.sleep(600)
    if way == "drips":
        listener = socket.create_server(("127.0.0.1", 0))
        print(json.dumps({"port": listener.getsockname()[1]}), flush=True)
        connection, _ = listener.accept()
        for byte in b"HTTP/1.1 200 OK\r\n" + b"X-Drip: 1\r\n" * 100:
            connection.sendall(bytes([byte]))
            time.sleep(0.1)
    if way == "is patched":
        (link,) = world["chain"]
        world = cast(World, {**world, "chain": [{**link, "mended": True}]})
    if way == "gives another flag":
        flag = "flag{" + "0" * 32 + "}"
    twins = [] if way == "serves no twins" else boot.get("twins", [])
    servers = [
        Server(Sabotaged(each, flag, way, detail).answer, Bounds(answer_bytes=4_000_000))
        for each in (world, *twins)
    ]
    port, *others = [server.port for server in servers]
    print(json.dumps({"port": port, "twins": others}), flush=True)
    if way == "dies before it answers":
        os._exit(5)
    for server in servers:
        threading.Thread(target=server.run, daemon=True).start()
    while sys.stdin.buffer.read(65_536):
        pass
    os._exit(0)


if __name__ == "__main__":
    main()
