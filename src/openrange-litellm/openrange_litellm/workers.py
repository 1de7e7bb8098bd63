"""The workers of this process: Python processes in which LiteLLM lives.

One is started when it is first needed, and shared by all threads; there are more only where a
provider signs in by variables of the environment, one for each set of their values. A worker ends
with this process, also when that is killed, because its input ends then. A fork begins without any.
"""

from __future__ import annotations

import atexit
import itertools
import json
import math
import os
import select
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from openrange.llm import LLMBackendError, timed_out
from openrange_litellm.surroundings import needed

START_SECONDS = 60.0
"""How long a worker may take to import LiteLLM, which takes some five seconds."""

_GRACE_SECONDS = 2.0  # how long a call may go on after it was cancelled
_MAX_WORKERS = 4  # of 200 MB each
_MAX_LINE = 64_000_000  # bytes; the text of a reply has at most a tenth of it
_CHUNK = 1 << 18
_PROGRAM = (
    "import json, sys; sys.path[:] = json.loads(sys.stdin.buffer.readline())['path']; "
    "from openrange_litellm.worker import main; main()"
)

Message = Mapping[str, Any]


def ask(message: Message, environment: Mapping[str, str], seconds: float) -> Message:
    """Have a worker answer a request.

    Args:
        message: The request, which is plain JSON (see `answer`).
        environment: The variables of the worker, beside those that every one needs.
        seconds: The wall-clock time that the answer may take, from the moment when a worker is
            ready.

    Returns:
        The answer.

    Raises:
        LLMBackendError: Of kind `timeout`; of kind `connection`, when the worker ends while it
            works; of kind `not-configured`, when it cannot be started; or of kind `rejected`, when
            the request is too large.
    """
    line = json.dumps(message)[1:].encode()
    if len(line) > _MAX_LINE:
        raise LLMBackendError("the request is too large", kind="rejected")
    while (answer := _workers.ready(environment).ask(line, seconds)) is None:
        pass  # it was retired in that moment
    return answer


class _Worker:
    """One process, a thread that reads from it, and the calls that wait for it."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        if not sys.executable:
            raise _unusable("this program has no Python interpreter that could be started")
        self.directory = tempfile.mkdtemp(prefix="openrange-litellm-")
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this very interpreter
                [sys.executable, "-P", "-W", "ignore", "-c", _PROGRAM],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={**needed(), **environment},
                cwd=self.directory,
                bufsize=0,
                start_new_session=True,  # so that no Ctrl-C reaches it
            )
        except OSError as error:
            shutil.rmtree(self.directory, ignore_errors=True)
            raise _unusable(f"{sys.executable} cannot be started ({error})") from None
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._input, self._output = self._process.stdin, self._process.stdout
        os.set_blocking(self._input.fileno(), False)
        self._room = select.poll()
        self._room.register(self._input, select.POLLOUT)
        self._lock = threading.Lock()  # over what follows
        self._numbers = itertools.count(1)
        self._waiting: dict[int, Future[Message]] = {}
        self._cancelled: dict[int, float] = {}
        self._takes_more = True
        self._writing = threading.Lock()
        self._start: Future[Message] = Future()
        path = json.dumps({"path": [str(Path(entry).absolute()) for entry in sys.path]})
        with suppress(OSError):  # it has ended already, which is noticed below
            self._write(path.encode() + b"\n", time.monotonic() + START_SECONDS)
        threading.Thread(target=self._listen, daemon=True, name="openrange-litellm").start()

    @property
    def is_ready(self) -> bool:
        """Whether it has imported LiteLLM."""
        return self._start.done() and "ready" in self._start.result()

    @property
    def is_stuck(self) -> bool:
        """Whether it did not get rid of a call that was cancelled."""
        with self._lock:
            oldest = min(self._cancelled.values(), default=math.inf)
        return time.monotonic() > oldest + _GRACE_SECONDS

    def wait(self) -> None:
        """Wait until it is ready.

        Raises:
            LLMBackendError: It cannot be started, or not in time.
        """
        try:
            started = self._start.result(START_SECONDS)
        except TimeoutError:
            self._process.kill()
            problem = f"LiteLLM was not imported within {START_SECONDS:g} seconds; try again"
            raise LLMBackendError(problem, kind="timeout", retryable=True) from None
        if "ready" not in started:
            raise _unusable(str(started.get("failed")))

    def ask(self, line: bytes, seconds: float) -> Message | None:
        """The answer to a request, the line of which lacks its first character; None of a worker
        that takes no more.
        """
        ends = time.monotonic() + min(seconds, threading.TIMEOUT_MAX)
        answer: Future[Message] = Future()
        with self._lock:
            if not self._takes_more:
                return None
            number = next(self._numbers)
            self._waiting[number] = answer
        try:
            self._write(b'{"id": %d, %b\n' % (number, line), ends)
            return answer.result(max(0.0, ends - time.monotonic()))
        except TimeoutError:
            raise timed_out(seconds) from None
        except OSError:
            raise _gone() from None
        finally:
            self._leave(number)

    def retire(self) -> None:
        """Take no further call, and end with the last one under way."""
        with self._lock:
            self._takes_more = False
        self._end_if_idle()

    def close(self) -> None:
        """End the process and leave nothing of it behind; nobody is told."""
        with self._lock:
            self._waiting.clear()
        self._process.kill()
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(1.0)
        shutil.rmtree(self.directory, ignore_errors=True)
        self.disown()

    def disown(self) -> None:
        """Close the pipes of a process that may be another one's child."""
        for pipe in (self._input, self._output):
            with suppress(OSError):
                pipe.close()
        self._process.poll()

    def _end_if_idle(self) -> None:
        with self._lock:
            is_over = not (self._takes_more or self._waiting)
        if is_over:
            self._process.kill()

    def _leave(self, number: int) -> None:
        """Stop waiting for an answer; where there is none yet, the call is cancelled."""
        with self._lock:
            was_waiting = self._waiting.pop(number, None) is not None
            if was_waiting:
                self._cancelled[number] = time.monotonic()
        if was_waiting:
            # Short enough for a pipe to take it whole or not at all.
            with suppress(OSError):
                self._write(b'{"cancel": %d}\n' % number, time.monotonic() + 0.05)
        self._end_if_idle()

    def _write(self, line: bytes, ends: float) -> None:
        """Write a line.

        Raises:
            TimeoutError: The worker did not take it in time.
            OSError: The worker has ended.
        """
        if not self._writing.acquire(timeout=max(0.0, ends - time.monotonic())):
            raise TimeoutError
        rest = line
        try:
            while rest := rest[self._input.write(rest) or 0 :]:
                if not self._room.poll(max(0.0, ends - time.monotonic()) * 1000):
                    raise TimeoutError
        except ValueError:  # it is closed
            raise BrokenPipeError from None
        except TimeoutError:
            if rest != line:  # half a line: nothing that comes after it would be understood
                _workers.drop(self)
                self.retire()
            raise
        finally:
            self._writing.release()

    def _listen(self) -> None:
        with suppress(OSError, ValueError):
            for line in _lines(self._output.fileno()):
                self._hear(json.loads(line))
        self._process.kill()
        self._process.wait()
        with self._lock:
            self._takes_more = False
            waiting = [*self._waiting.values()]
            self._waiting.clear()
        for answer in waiting:
            answer.set_exception(_gone())
        if not self._start.done():
            self._start.set_result({"failed": "it ended while it started"})
        _workers.forget(self)
        with self._writing:
            self.close()

    def _hear(self, message: Message) -> None:
        if "id" not in message:
            if not self._start.done():
                self._start.set_result(message)
            return
        with self._lock:
            answer = self._waiting.pop(message["id"], None)
            self._cancelled.pop(message["id"], None)
        if answer is not None:
            answer.set_result(message)
        self._end_if_idle()


@dataclass
class _Workers:
    """Which worker is asked, by its environment: the one owner of them all."""

    lock: threading.RLock = field(default_factory=threading.RLock)
    all: set[_Worker] = field(default_factory=set)
    # The one that was used last stands at the end.
    current: dict[frozenset[tuple[str, str]], _Worker] = field(default_factory=dict)
    coming: dict[frozenset[tuple[str, str]], _Worker] = field(default_factory=dict)

    def ready(self, environment: Mapping[str, str]) -> _Worker:
        """A worker of this environment that has imported LiteLLM."""
        key = frozenset(environment.items())
        with self.lock:
            worker = self.current.pop(key, None) or self._start(environment)
            if worker.is_stuck:
                successor = self.coming.get(key)
                if successor is None:
                    self.coming[key] = self._start(environment)
                elif successor.is_ready:
                    worker.retire()
                    worker = self.coming.pop(key)
            self.current[key] = worker
            surplus = [*self.current][:-_MAX_WORKERS]
            for other in surplus:
                self.current.pop(other).retire()
        worker.wait()
        return worker

    def drop(self, worker: _Worker) -> None:
        """Give a worker no further call."""
        with self.lock:
            for known in (self.current, self.coming):
                for key in [key for key, value in known.items() if value is worker]:
                    del known[key]

    def forget(self, worker: _Worker) -> None:
        """Lose a worker that has ended."""
        with self.lock:
            self.drop(worker)
            self.all.discard(worker)

    def _start(self, environment: Mapping[str, str]) -> _Worker:
        worker = _Worker(environment)
        self.all.add(worker)
        return worker


_workers = _Workers()


def _begin_anew() -> None:
    """After a fork: what is open belongs to the other process, which must be able to end it."""
    global _workers
    inherited, _workers = _workers, _Workers()
    for worker in inherited.all:
        worker.disown()


@atexit.register
def end() -> None:
    """End all workers of this process; the next call starts a new one."""
    for worker in [*_workers.all]:
        worker.close()


os.register_at_fork(
    before=lambda: _workers.lock.acquire(),
    after_in_parent=lambda: _workers.lock.release(),
    after_in_child=_begin_anew,
)


def _lines(file: int) -> Iterator[bytes]:
    """The lines that arrive, until there is no more, or one that is too long."""
    rest: list[bytes] = []
    size = 0
    while (chunk := os.read(file, _CHUNK)) and size <= _MAX_LINE:
        *whole, last = chunk.split(b"\n")
        for line in whole:
            yield b"".join([*rest, line])
            rest, size = [], 0
        rest.append(last)
        size += len(last)


def _gone() -> LLMBackendError:
    problem = "the process in which LiteLLM lives has ended; try again"
    return LLMBackendError(problem, kind="connection", retryable=True)


def _unusable(problem: str) -> LLMBackendError:
    return LLMBackendError(
        f"LiteLLM cannot be used: {problem}; install it again: pip install litellm",
        kind="not-configured",
    )
