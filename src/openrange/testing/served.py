"""The rules on a world's process: bounded, quiet, for this host alone, and gone with its parent."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from typing import IO

from openrange.llm.processes import end_group
from openrange.testing.rules import broken, rule
from openrange.worlds.boot import time_limit
from openrange.worlds.flag import mint

PATIENCE = 30.0
IDLE = 40
"""So many connections are opened that say nothing."""
_MEET = "serve the world by `openrange.worlds.serve`"

# Starts the program with pipes that outlive it, says its process id, and is killed.
_PARENT = """
import subprocess, sys, time
world = subprocess.Popen(sys.argv[1:], start_new_session=True)
print(world.pid, file=sys.stderr, flush=True)
time.sleep(600)
"""


class Served:
    """What holds for the process of every world."""

    def command(self) -> Sequence[str]:
        """The program that serves a world."""
        raise NotImplementedError

    def world(self) -> Mapping[str, object]:
        """A world for it."""
        raise NotImplementedError

    @rule(
        "world-host",
        "A world answers nothing to requests for another host, which a page of another site could "
        "make a browser send.",
        _MEET,
    )
    def test_world_host(self) -> None:
        with _process(self.command(), self.world()) as world:
            for host in ("evil.example", f"evil.example:{world.port}", "127.0.0.1:1"):
                status, _ = world.ask(f"GET / HTTP/1.1\r\nHost: {host}\r\n\r\n")
                if status < 400:
                    broken(f"a request for {host} was answered with status {status}")

    @rule(
        "world-bounded",
        "A world refuses what is too large or malformed, and silent connections keep nobody out.",
        _MEET,
    )
    def test_world_bounded(self) -> None:
        with _process(self.command(), self.world()) as world:
            host = f"Host: 127.0.0.1:{world.port}\r\n"
            long, many, large = "x" * 100_000, "X: y\r\n" * 1_000, f"Content-Length: {10**12}\r\n"
            for what, request in {
                "a path of 100,000 characters": f"GET /{long} HTTP/1.1\r\n{host}",
                "1,000 headers": f"GET / HTTP/1.1\r\n{host}{many}",
                "a body of a terabyte": f"POST / HTTP/1.1\r\n{host}{large}",
                "no HTTP": "hello\r\n",
            }.items():
                status, _ = world.ask(f"{request}\r\n")
                if not 400 <= status < 500:
                    broken(f"{what} was answered with status {status}")
            silent = [world.connect() for _ in range(IDLE)]
            status, _ = world.ask(f"GET / HTTP/1.1\r\n{host}\r\n")
            for connection in silent:
                connection.close()
            if status == 0:
                broken(f"with {IDLE} silent connections, nobody else was answered")

    @rule(
        "world-quiet",
        "A world's process writes its port, and nothing else; it keeps no log.",
        "write nothing but the port to standard output, and nothing to standard error",
    )
    def test_world_quiet(self) -> None:
        with _process(self.command(), self.world()) as world:
            host = f"Host: 127.0.0.1:{world.port}\r\n"
            for path in ("/", "/no-such-page", "/%00?q='"):
                world.ask(f"GET {path} HTTP/1.1\r\n{host}\r\n")
            if said := world.last_words():
                broken(f"it wrote {said[:300]!r}")

    @rule(
        "world-ends",
        "A world's process ends when its standard input does; and when the process that started it "
        "is gone, also where somebody else still holds its pipes.",
        _MEET,
    )
    def test_world_ends(self) -> None:
        with _process(self.command(), self.world()) as world:
            world.stdin.close()
            if not world.has_ended():
                broken(f"{PATIENCE:g} seconds after the end of its standard input it still ran")
        with _orphan(self.command(), self.world()) as port:
            if not _is_gone(port):
                broken(f"{PATIENCE:g} seconds after the end of its parent it still answered")


class _Process:
    def __init__(self, process: subprocess.Popen[bytes], port: int, errors: IO[bytes]) -> None:
        assert process.stdin is not None
        self.stdin = process.stdin
        self.port = port
        self._process = process
        self._errors = errors

    def connect(self) -> socket.socket:
        return socket.create_connection(("127.0.0.1", self.port), timeout=PATIENCE)

    def ask(self, request: str) -> tuple[int, bytes]:
        """Status and bytes of the answer; the status is 0 where there is none."""
        answer = b""
        with suppress(OSError), self.connect() as connection:
            with suppress(OSError):  # it may answer before it has read everything
                connection.sendall(request.encode("latin-1"))
            while b"\r\n\r\n" not in answer and (chunk := connection.recv(65_536)):
                answer += chunk
        said = re.match(rb"HTTP/1\.[01] (\d{3})", answer)
        return (int(said[1]) if said else 0), answer

    def has_ended(self) -> bool:
        try:
            self._process.wait(PATIENCE)
        except subprocess.TimeoutExpired:
            return False
        return True

    def last_words(self) -> str:
        self.stdin.close()
        if not self.has_ended():
            broken("it did not end with its standard input")
        assert self._process.stdout is not None
        self._errors.seek(0)
        return (self._process.stdout.read() + self._errors.read()).decode("utf-8", "replace")


@contextmanager
def _process(command: Sequence[str], world: Mapping[str, object]) -> Iterator[_Process]:
    with tempfile.TemporaryFile() as errors:
        process = subprocess.Popen(  # noqa: S603 - the pack's own program
            list(command),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            start_new_session=True,
        )
        with process:
            try:
                with time_limit(process, PATIENCE):
                    port = _told(process, world)
                yield _Process(process, port, errors)
            finally:
                end_group(process)


def _told(process: subprocess.Popen[bytes], world: Mapping[str, object]) -> int:
    assert process.stdin is not None
    assert process.stdout is not None
    line = b""
    with suppress(OSError):
        process.stdin.write(json.dumps({"world": world, "flag": mint()}).encode() + b"\n")
        process.stdin.flush()
        line = process.stdout.readline(1000)
    try:
        return int(json.loads(line)["port"])
    except (ValueError, TypeError, KeyError):
        broken(f"instead of its port it wrote {line[:200]!r}")


@contextmanager
def _orphan(command: Sequence[str], world: Mapping[str, object]) -> Iterator[int]:
    """The port of a world whose parent was killed, while we hold its standard input."""
    parent = subprocess.Popen(  # noqa: S603 - this interpreter
        [sys.executable, "-c", _PARENT, *command],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    with parent:
        assert parent.stderr is not None
        child = int(parent.stderr.readline())
        try:
            with time_limit(parent, PATIENCE):
                port = _told(parent, world)
            parent.kill()
            parent.wait()
            yield port
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(child, signal.SIGKILL)
            parent.kill()


def _is_gone(port: int) -> bool:
    ends = time.monotonic() + PATIENCE
    while time.monotonic() < ends:
        try:
            socket.create_connection(("127.0.0.1", port), timeout=1.0).close()
        except OSError:
            return True
        time.sleep(0.05)
    return False
