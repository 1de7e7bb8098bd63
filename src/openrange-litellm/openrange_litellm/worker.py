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
    line = _Line()
    directory = Path.cwd()
    loaded: list[Any] = []
    threading.Thread(target=_listen, args=(line, loaded, directory), daemon=True).start()
    try:
        loaded.append(load())
    except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
        line.say({"failed": f"{type(error).__name__}: {error}"[:1000]})
    else:
        line.say({"ready": True})
    threading.Event().wait()


def _listen(line: _Line, loaded: list[Any], directory: Path) -> None:
    under_way: dict[int, Bounds] = {}
    try:
        for given in sys.stdin.buffer:
            request = json.loads(given)
            if "cancel" in request:
                if bounds := under_way.get(request["cancel"]):
                    bounds.cut()
                continue
            bounds = under_way[request["id"]] = Bounds(request["call"]["timeout"])
            arguments = (line, loaded[0], request, bounds, under_way)
            threading.Thread(target=_work, args=arguments, daemon=True).start()
    finally:
        shutil.rmtree(directory, ignore_errors=True)
        os._exit(0)  # whatever is under way


def _work(
    line: _Line,
    litellm: Any,
    request: Mapping[str, Any],
    bounds: Bounds,
    under_way: dict[int, Bounds],
) -> None:
    try:
        answered = answer(litellm, request, bounds)
    finally:
        del under_way[request["id"]]
    line.say({"id": request["id"], **answered})
