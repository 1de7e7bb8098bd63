"""A running world: its process, on loopback, with a flag minted for this boot alone."""

from __future__ import annotations

import json
import os
import selectors
import subprocess
import threading
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field

from openrange.llm.processes import end_group
from openrange.worlds.flag import mint
from openrange.worlds.visitor import VisitError, Visitor

BOOT_SECONDS = 20.0

# What a Python program needs to start and to find its packages; no key, no proxy.
_ENVIRONMENT = (
    *("HOME", "LANG", "LC_ALL", "PATH", "PYTHONPATH", "SYSTEMROOT", "TMPDIR", "VIRTUAL_ENV"),
)


class BootError(Exception):
    """The world did not come up, or went down."""


@dataclass(frozen=True, slots=True)
class RunningWorld:
    """A world that answers on loopback.

    Args:
        url: Its origin, such as `http://127.0.0.1:41234`.
        flag: The secret of this boot, which is nowhere else but in the world's process.
        process: The process.
        twins: The origins of the worlds that it serves beside this one.
    """

    url: str
    flag: str = field(repr=False)
    process: subprocess.Popen[bytes] = field(repr=False)
    twins: tuple[str, ...] = ()

    def visitor(self) -> Visitor:
        """A new client, without cookies."""
        return Visitor(self.url)

    def has_ended(self, patience: float = 0.0) -> bool:
        """Whether the world's process is gone, or goes within so many seconds.

        A connection that breaks is seen before the end of the process that broke it, and so
        whoever asks because of a broken connection should have some patience.
        """
        return _status(self.process, patience) is not None


@contextmanager
def boot(
    command: Sequence[str],
    world: Mapping[str, object],
    seconds: float = BOOT_SECONDS,
    twins: Sequence[Mapping[str, object]] = (),
) -> Iterator[RunningWorld]:
    """Run a world for the length of a `with` block.

    Args:
        command: The program that serves it, as `Pack.command` describes it, with its arguments.
        world: What it has to serve, as JSON.
        seconds: How long the world may take until it answers its first request.
        twins: Worlds that it serves beside that one, with the same flag.

    Yields:
        The world, which has answered a first request.

    Raises:
        BootError: It ended, or it did not answer in time.
    """
    flag = mint()
    deadline = time.monotonic() + seconds
    owner = os.getpid()
    process = _start(command)
    try:
        # Each step keeps the deadline, but for an answer that drips: it is cut a bit later.
        with time_limit(process, seconds + 1.0) as late:
            message = {"world": world, "flag": flag, **({"twins": twins} if twins else {})}
            url, *others = _handshake(process, message, deadline)
            running = RunningWorld(url, flag, process, tuple(others))
            if len(others) != len(twins):
                raise BootError("the world's process does not serve twins")
            _first_answer(running, deadline, late)
        yield running
    finally:
        if os.getpid() == owner:  # and no child of a fork, whose world it is not
            end_group(process)
        for stream in (process.stdin, process.stdout):
            if stream is not None:
                with suppress(BrokenPipeError):  # what it never read is of no use
                    stream.close()


def _start(command: Sequence[str]) -> subprocess.Popen[bytes]:
    try:
        return subprocess.Popen(  # noqa: S603 - the program is the pack's own
            list(command),
            cwd=os.sep,  # a directory of its own would be left behind by whoever is killed
            env={name: os.environ[name] for name in _ENVIRONMENT if name in os.environ},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except OSError as error:
        raise BootError(f"the world's program does not start: {error.strerror}") from None


@contextmanager
def time_limit(process: subprocess.Popen[bytes], seconds: float) -> Iterator[threading.Event]:
    """End a process when its time is over, so that whoever waits for it goes on.

    Args:
        process: The process.
        seconds: The wall-clock time of the `with` block.

    Yields:
        An event that is set once the time was over.
    """
    late = threading.Event()

    def end() -> None:
        late.set()
        process.kill()

    timer = threading.Timer(seconds, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _handshake(
    process: subprocess.Popen[bytes], message: Mapping[str, object], deadline: float
) -> list[str]:
    """Tell the process what to serve, and learn where it does: the world, then its twins."""
    assert process.stdin is not None
    assert process.stdout is not None
    line = b""
    with selectors.DefaultSelector() as selector:
        try:
            _write(process, json.dumps(message).encode() + b"\n", deadline)
            selector.register(process.stdout, selectors.EVENT_READ)
            while not line.endswith(b"\n") and len(line) < 1000:
                if not selector.select(max(0.0, deadline - time.monotonic())):
                    raise BootError("the world did not start to listen in time")
                chunk = os.read(process.stdout.fileno(), 1000)
                if not chunk:
                    break
                line += chunk
        except BrokenPipeError:
            pass  # it ended before it read all; said below
    try:
        said = json.loads(line)
        ports = [said["port"], *said.get("twins", ())]
    except (ValueError, TypeError, KeyError, AttributeError):
        ports = [None]
    if all(isinstance(port, int) and 0 < port < 65536 for port in ports):
        return [f"http://127.0.0.1:{port}" for port in ports]
    status = _status(process)
    what = "did not say its port" if status is None else f"ended with status {status}"
    raise BootError(f"the world's process {what}")


def _write(process: subprocess.Popen[bytes], data: bytes, deadline: float) -> None:
    """Write without blocking for ever on a process that does not read."""
    assert process.stdin is not None
    descriptor = process.stdin.fileno()
    os.set_blocking(descriptor, False)
    with selectors.DefaultSelector() as selector:
        selector.register(descriptor, selectors.EVENT_WRITE)
        while data:
            if not selector.select(max(0.0, deadline - time.monotonic())):
                raise BootError("the world did not read what it has to serve in time")
            data = data[os.write(descriptor, data) :]


def _first_answer(running: RunningWorld, deadline: float, late: threading.Event) -> None:
    visitor = Visitor(running.url, timeout=max(0.1, deadline - time.monotonic()))
    try:
        visitor.get("/")
    except VisitError as error:
        problem, status = str(error), _status(running.process)
        if late.is_set():
            problem = "the world did not answer in time"
        elif status is not None:
            problem = f"the world's process ended with status {status}"
        raise BootError(problem) from None


def _status(process: subprocess.Popen[bytes], patience: float = 0.5) -> int | None:
    """The exit status of a process that is on its way out, or None for one that runs on."""
    try:
        return process.wait(patience)
    except subprocess.TimeoutExpired:
        return None
