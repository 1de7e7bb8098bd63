"""Running the examinations: each in a process of its own, a few at once, none without an end."""

from __future__ import annotations

import os
import pickle
import re
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import BinaryIO

from openrange.configure.check_child import REQUESTS, Examination, Report
from openrange.configure.layers import Layer
from openrange.errors import OpenRangeError
from openrange.llm.processes import end_group

IMPORT_SECONDS = 30.0
"""How long a plugin may take to be imported, and again to be made and to check itself."""
LIVE_SECONDS = 300.0
"""How long one request may take, all its repetitions included."""
END_SECONDS = 10.0
"""How long the process may take to end, once everything is done."""
MAX_OUTPUT_BYTES = 16_000_000

_BETWEEN_LOOKS = 0.02
_MAX_TAIL = 2000
# The child finds what its parent finds, and in the same order: not what its own way of being
# started, or the working directory, would add.
_PROGRAM = (
    "import pickle, sys; path, task = pickle.load(sys.stdin.buffer); sys.path[:] = path; "
    "from openrange.configure.check_child import main; main(task)"
)


@dataclass(frozen=True, slots=True)
class Ended:
    """How an examination ended.

    Args:
        name: The backend's name.
        report: The last report, as far as it can be read.
        status: The process's exit status; None when it had to be ended.
        is_late: Whether it was ended because its time was over, and not because it wrote so much.
        last_words: The end of what it printed.
        seconds: How long it might take for what it did last.
    """

    name: str
    report: Report = field(hash=False)
    status: int | None
    is_late: bool
    last_words: str
    seconds: float


@dataclass(slots=True)
class _Running:
    task: Examination
    process: subprocess.Popen[bytes]
    output: BinaryIO
    folder: tempfile.TemporaryDirectory[str]
    seconds: float | None
    report: Report = field(default_factory=Report)
    entered: float = field(default_factory=time.monotonic)


def examine(
    names: Sequence[str],
    layers: Sequence[Layer],
    *,
    is_live: bool,
    show: Callable[[str], object] = lambda line: None,
    variable: str | None = None,
    seconds: float | None = None,
) -> list[Ended]:
    """Examine backends, no more of them at once than there are processors.

    Args:
        names: Their names.
        layers: The configuration as it was read, without the command's layer.
        is_live: Whether each that is ready is asked something.
        show: Is told what is being done.
        variable: The variable by which the one backend was detected, whose options are wanted.
        seconds: How long each may take altogether; None for a limit of each of its stages.

    Returns:
        How each ended, in the order in which they did. Whatever happens meanwhile, each is ended
        with its process group; what a plugin starts in a session of its own lives on.
    """
    waiting, running, done = list(names), list[_Running](), list[Ended]()
    try:
        while waiting or running:
            while waiting and len(running) < (os.cpu_count() or 1):
                task = Examination(waiting.pop(0), tuple(layers), is_live, variable=variable)
                running.append(_start(task, seconds))
            names_now = ", ".join(item.task.name for item in running)
            show(f"checking {names_now} ({len(done)} of {len(names)} done)")
            time.sleep(_BETWEEN_LOOKS)
            for item in list(running):
                if (ended := _look(item)) is not None:
                    running.remove(item)
                    done.append(ended)
    finally:
        with ExitStack() as stack:  # which goes on with the others if one is interrupted
            for item in running:
                stack.callback(item.folder.cleanup)
                stack.callback(end_group, item.process)
    return done


def _start(task: Examination, seconds: float | None) -> _Running:
    # One for each, so that none finds the report of another beside its own.
    with ExitStack() as undone:
        try:
            folder = tempfile.TemporaryDirectory(
                prefix="openrange-check-", ignore_cleanup_errors=True
            )
            undone.callback(folder.cleanup)
            task = replace(task, report=Path(folder.name) / task.report)
            # Files, not pipes: nothing can block on them, and no grandchild can hold them open.
            output = tempfile.TemporaryFile()  # noqa: SIM115 - closed when the process has ended
            with tempfile.TemporaryFile() as stdin:
                path = [str(entry) for entry in sys.path]
                stdin.write(pickle.dumps((path, pickle.dumps(task))))
                stdin.seek(0)
                process = subprocess.Popen(  # noqa: S603 - this Python
                    [sys.executable, "-P", "-c", _PROGRAM],
                    stdin=stdin,
                    stdout=output,
                    stderr=output,
                    start_new_session=True,
                )
        except OSError as error:
            problem = error.strerror or type(error).__name__
            raise OpenRangeError(
                f"no process can be started to check {task.name!r}: {problem}"
            ) from None
        undone.pop_all()
    return _Running(task, process, output, folder, seconds)


def _look(item: _Running) -> Ended | None:
    """How an examination ended, or None while it goes on and may."""
    status = item.process.poll()
    _read_report(item)
    size = os.fstat(item.output.fileno()).st_size
    too_much = size > MAX_OUTPUT_BYTES
    seconds = item.seconds or _seconds_for(item.report.stage)
    is_late = time.monotonic() - item.entered > seconds
    if status is None and not too_much and not is_late:
        return None
    end_group(item.process)  # with what it may have started
    item.output.seek(max(0, size - _MAX_TAIL))
    words = item.output.read(_MAX_TAIL).decode("utf-8", "replace")
    if size > _MAX_TAIL:
        words = re.sub(r"^\S+", "", words)  # half a key would not be recognized
    item.output.close()
    item.folder.cleanup()
    is_late = status is None and not too_much
    return Ended(item.task.name, item.report, status, is_late, words, seconds)


def _read_report(item: _Running) -> None:
    with suppress(OSError, ValueError, TypeError, LookupError):  # there is none yet
        report = Report.load(item.task.report)
        if report.stage != item.report.stage and item.seconds is None:
            item.entered = time.monotonic()
        item.report = report


def _seconds_for(stage: str) -> float:
    if stage in REQUESTS:
        return LIVE_SECONDS
    return END_SECONDS if stage == "end" else IMPORT_SECONDS
