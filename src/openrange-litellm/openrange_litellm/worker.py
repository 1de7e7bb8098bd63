"""The program of a worker: a process in which LiteLLM lives, and answers over its pipes.

Each line on standard input is a JSON object: the calling process's search path for modules at
first; then requests, with an `id` and the fields that `answer` takes; and `cancel`, the id of a
request that nobody waits for any more. Each line on what was standard output is one as well:
`ready` or `failed` at first, then the answers by their `id`. The process ends with its input.
"""

from __future__ import annotations

import json
import os
import shutil
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from openrange_litellm.answer import answer
from openrange_litellm.bounds import Bounds
from openrange_litellm.library import load


class _Line:
    """The way back to the calling process, which has no other output of this one."""

    def __init__(self) -> None:
        self._file = os.fdopen(os.dup(1), "wb", buffering=0)
        self._lock = threading.Lock()
        nowhere = os.open(os.devnull, os.O_RDWR)
        for standard in (1, 2):
            os.dup2(nowhere, standard)

    def say(self, document: Mapping[str, object]) -> None:
        line = json.dumps(document).encode() + b"\n"
        with self._lock:
            while line:  # a write to a pipe may take a part of it
                line = line[self._file.write(line) :]


def main() -> None:
    """Answer requests until the input ends."""
    pool = _Pool(_Line(), Path.cwd())
    pool.grow()
    try:
        pool.litellm = load()
    except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
        pool.line.say({"failed": f"{type(error).__name__}: {error}"[:1000]})
    else:
        pool.line.say({"ready": True})
    threading.Event().wait()


class _Pool:
    """Threads of which one at a time waits for a request, and answers it itself."""

    def __init__(self, line: _Line, directory: Path) -> None:
        self.line, self.directory = line, directory
        self.litellm: Any = None
        self._reading = threading.Lock()
        self._waiting = threading.Semaphore(0)  # how many threads wait for `_reading`
        self._under_way: dict[int, Bounds] = {}

    def grow(self) -> None:
        """Add a thread."""
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        try:
            while True:
                self._waiting.release()
                with self._reading:
                    self._waiting.acquire()
                    request, bounds = self._next()
                if self._waiting.acquire(blocking=False):
                    self._waiting.release()
                else:
                    self.grow()  # so that somebody reads on
                try:
                    answered = answer(self.litellm, request, bounds)
                finally:
                    del self._under_way[request["id"]]
                self.line.say({"id": request["id"], **answered})
        finally:  # the input has ended, or somebody would wait in vain
            shutil.rmtree(self.directory, ignore_errors=True)
            os._exit(0)  # whatever is under way

    def _next(self) -> tuple[Mapping[str, Any], Bounds]:
        """The next request.

        Raises:
            EOFError: There is none.
        """
        for given in sys.stdin.buffer:
            request = json.loads(given)
            if "cancel" not in request:
                bounds = self._under_way[request["id"]] = Bounds(request["call"]["timeout"])
                return request, bounds
            if under_way := self._under_way.get(request["cancel"]):
                under_way.cut()
        raise EOFError
