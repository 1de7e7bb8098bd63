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
from collections.abc import Mapping
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
_ENDED: Message = {}  # instead of an answer, of a worker that has ended
_NOBODY = object()  # reads from a worker that was closed


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


@dataclass(slots=True, eq=False)
class _Call:
    """A request under way, and the lock that wakes the thread which waits for its answer."""

    answer: Message | None = None
    asleep: threading.Lock = field(default_factory=threading.Lock)

    def __post_init__(self) -> None:
        self.asleep.acquire()

    def wake(self) -> None:
        """Wake its thread; only under the lock of its worker."""
        if self.asleep.locked():
            self.asleep.release()


class _Worker:
    """One process, and the calls that wait for it.

    No thread of ours listens: one of those that wait reads for all of them.
    """

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
        self._room, self._news = select.poll(), select.poll()
        self._room.register(self._input, select.POLLOUT)
        self._news.register(self._output, select.POLLIN)
        self._started: Message | None = None
        self._lock = threading.Lock()  # over what follows
        self._numbers = itertools.count(1)
        self._waiting: dict[int, _Call] = {}
        self._cancelled: dict[int, float] = {}
        self._takes_more = True
        self._reader: object = None  # whoever reads from it now, and has the line that is not whole
        self._rest: list[bytes] = []
        self._writing = threading.Lock()
        path = json.dumps({"path": [str(Path(entry).absolute()) for entry in sys.path]})
        with suppress(OSError):  # it has ended already, which is noticed when it is read from
            self._write(path.encode() + b"\n", time.monotonic() + START_SECONDS)

    @property
    def is_over(self) -> bool:
        """Whether the process has ended."""
        return self._process.poll() is not None

    @property
    def is_ready(self) -> bool:
        """Whether it has imported LiteLLM."""
        self._catch_up()
        return self._started is not None and "ready" in self._started

    @property
    def is_stuck(self) -> bool:
        """Whether it did not get rid of a call that was cancelled."""
        if not self._cancelled:
            return False
        self._catch_up()
        with self._lock:
            oldest = min(self._cancelled.values(), default=math.inf)
        return time.monotonic() > oldest + _GRACE_SECONDS

    def wait(self) -> None:
        """Wait until it is ready.

        Raises:
            LLMBackendError: It cannot be started, or not in time.
        """
        if self._started is None:
            call = _Call()
            number = self._enter(call)
            try:
                self._await(call, time.monotonic() + START_SECONDS)
            except TimeoutError:
                self._process.kill()
                problem = f"LiteLLM was not imported within {START_SECONDS:g} seconds; try again"
                raise LLMBackendError(problem, kind="timeout", retryable=True) from None
            finally:
                self._leave(number)
        if self._started is not None and "ready" not in self._started:
            raise _unusable(str(self._started.get("failed")))

    def ask(self, line: bytes, seconds: float) -> Message | None:
        """The answer to a request, the line of which lacks its first character; None of a worker
        that takes no more.
        """
        ends = time.monotonic() + min(seconds, threading.TIMEOUT_MAX)
        call = _Call()
        number = self._enter(call)
        if not number:
            return None
        try:
            self._write(b'{"id": %d, %b\n' % (number, line), ends)
            answer = self._await(call, ends)
        except TimeoutError:
            raise timed_out(seconds) from None
        except OSError:
            raise _gone() from None
        finally:
            self._leave(number)
        if answer is _ENDED:
            raise _gone()
        return answer

    def retire(self) -> None:
        """Take no further call, and end with the last one under way."""
        with self._lock:
            self._takes_more = False
        self._end_if_idle()

    def close(self) -> None:
        """End the process and leave nothing of it behind; nobody is told."""
        with self._lock:
            self._takes_more = False
            self._waiting.clear()
            self._reader = _NOBODY
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

    def _enter(self, call: _Call) -> int:
        """Have a call wait for its answer, or for the start.

        Returns:
            Its number; 0 where no more calls are taken.
        """
        with self._lock:
            if not self._takes_more:
                return 0
            number = next(self._numbers)
            self._waiting[number] = call
            return number

    def _leave(self, number: int) -> None:
        """Stop waiting for an answer; where there is none yet, the call is cancelled."""
        with self._lock:
            call = self._waiting.pop(number, None)
            if call is not None and self._started:
                self._cancelled[number] = time.monotonic()
        if call is not None:
            # Short enough for a pipe to take it whole or not at all.
            with suppress(OSError):
                self._write(b'{"cancel": %d}\n' % number, time.monotonic() + 0.05)
        self._end_if_idle()

    def _end_if_idle(self) -> None:
        with self._lock:
            is_over = not (self._takes_more or self._waiting or self._reader)
        if is_over:
            _workers.forget(self)
            with self._writing:
                self.close()

    def _await(self, call: _Call, ends: float) -> Message:
        """The answer to a call, which reads itself where nobody does.

        Raises:
            TimeoutError: There is none in time.
        """
        while call.answer is None:
            if (left := ends - time.monotonic()) <= 0:
                raise TimeoutError
            if self._begin_to_read(call):
                try:
                    while self._read(left) and call.answer is None:
                        left = max(0.0, ends - time.monotonic())
                finally:
                    self._end_to_read()
            else:
                call.asleep.acquire(timeout=left)
        return call.answer

    def _catch_up(self) -> None:
        """Read what has come, but that nobody waits for."""
        if self._begin_to_read(self):
            try:
                while self._read(0.0):
                    pass
            finally:
                self._end_to_read()
                self._end_if_idle()  # it may have ended by itself

    def _begin_to_read(self, reader: object) -> bool:
        with self._lock:
            if self._reader is None:
                self._reader = reader
            return self._reader is reader

    def _end_to_read(self) -> None:
        """Leave it to another one of those who wait."""
        with self._lock:
            if self._reader is not _NOBODY:
                self._reader = None
            for call in self._waiting.values():
                if call.answer is None:
                    call.wake()
                    break

    def _read(self, seconds: float) -> bool:
        """Take what comes within some seconds.

        Returns:
            Whether something came, and more may come.
        """
        if not self._news.poll(seconds * 1000):
            return False
        is_over = True  # also where a Ctrl-C arrives in the middle
        try:
            chunk = os.read(self._output.fileno(), _CHUNK)
            *whole, last = chunk.split(b"\n")
            for line in whole:
                self._hear(json.loads(b"".join([*self._rest, line])))
                self._rest = []
            self._rest.append(last)
            is_over = not chunk or sum(map(len, self._rest)) > _MAX_LINE
        except (OSError, ValueError):
            pass  # it ends, as for every other reason
        finally:
            if is_over:
                self._hear_no_more()
        return not is_over

    def _hear(self, message: Message) -> None:
        number = message.get("id")
        with self._lock:
            if number is None:
                self._started = self._started or message
                answered = [*self._waiting.values()]
            else:
                self._cancelled.pop(number, None)
                answered = [self._waiting.pop(number)] if number in self._waiting else []
            for call in answered:
                call.answer = message
                call.wake()

    def _hear_no_more(self) -> None:
        self._process.kill()
        with self._lock:
            self._takes_more = False
            self._started = self._started or {"failed": "it ended while it started"}
            for call in self._waiting.values():
                call.answer = call.answer or _ENDED
                call.wake()
            self._waiting.clear()

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
        finally:
            self._writing.release()
            if rest and rest != line:  # a part: nothing that comes after it would be understood
                _workers.drop(self)
                self.retire()


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
            worker = self.current.pop(key, None)
            if worker is not None and worker.is_over:
                worker.retire()
                worker = None
            worker = worker or self._start(environment)
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


def _gone() -> LLMBackendError:
    problem = "the process in which LiteLLM lives has ended; try again"
    return LLMBackendError(problem, kind="connection", retryable=True)


def _unusable(problem: str) -> LLMBackendError:
    return LLMBackendError(
        f"LiteLLM cannot be used: {problem}; install it again: pip install litellm",
        kind="not-configured",
    )
