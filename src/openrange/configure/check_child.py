"""What runs in a process of its own to examine one backend: nothing it does harms another.

Standard output belongs to the plugin. The report is a file, written anew at each step, so that
whoever waits for this process knows how far it came.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import sys
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

from openrange.configure.layers import Layer
from openrange.configure.options import field_names
from openrange.configure.resolver import Choice, choose, make_backend
from openrange.configure.showing import own_keys, to_show
from openrange.errors import BackendNotFoundError, LLMBackendError, OpenRangeError
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult, SupportsPreflight
from openrange.llm.secrets import Key, redact
from openrange.llm.text import presentable
from openrange.plugins.groups import BACKEND
from openrange.plugins.known_keys import known_keys

READY, NOT_CONFIGURED, BROKEN = "ready", "not configured", "broken"

SLOW_IMPORT = 1.0
"""Seconds of import beyond which it is worth a note."""

REQUESTS = {
    "plain": LLMRequest("Answer with the one word: ready", "You are brief."),
    "structured": LLMRequest(
        "Set the field named word to: ready",
        "You fill in forms.",
        json_schema={
            "type": "object",
            "properties": {"word": {"type": "string"}},
            "required": ["word"],
            "additionalProperties": False,
        },
    ),
}

# The events that tell what was asked otherwise than at first, and what is reported of each.
_CHANGES = {
    "llm_mended": ("backend", "option", "left_out"),
    "llm_fallback": ("backend", "from", "to"),
    "llm_reask": ("backend", "reason"),
}
_MAX_CHANGES = 10
_MAX_NUMBER = 1e12  # of tokens, say: beyond it, what a plugin counts makes no sense
_MAX_SHOWN = 80  # characters of what a plugin prints
_MAX_READ = 2000  # bytes of it that are read


@dataclass(frozen=True, slots=True)
class Examination:
    """What to examine.

    Args:
        name: The backend's name.
        layers: The configuration as it was read, without the command's layer.
        is_live: Whether to send requests as well.
        report: The file to write; its folder is added by whoever starts the process.
        variable: The variable by which it was detected, if model and options are to be reported.
    """

    name: str
    layers: tuple[Layer, ...] = field(repr=False)
    is_live: bool
    report: Path = Path("report.json")
    variable: str | None = None


@dataclass(frozen=True, slots=True)
class Live:
    """How one request to a backend went.

    Args:
        request: `plain` or `structured`.
        is_ok: Whether the answer kept the contract.
        reason: Why not.
        seconds: How long it took; None if that is unknown.
        usage: What it used by name, as in `Usage.to_mapping`; None is unknown.
        changes: What was asked otherwise than at first: the events `llm_mended`, `llm_fallback`
            and `llm_reask`, each with its `step`.
    """

    request: str
    is_ok: bool
    reason: str | None = None
    seconds: float | None = None
    usage: Mapping[str, int | float | None] = field(default_factory=dict, hash=False)
    changes: tuple[Mapping[str, str], ...] = field(default=(), hash=False)


@dataclass(slots=True)
class Report:
    """What is known so far.

    Args:
        stage: What is being done: `start`, `import`, `make`, the name of a request, or `end`.
        verdict: `ready`, `not configured` or `broken`, once that is known.
        reason: Why it is not ready.
        notes: What is no fault but worth knowing.
        seconds: How long the import took.
        live: The outcome of each request that was answered.
        threads: Threads that would keep the process from ending.
        model: The model that it would ask, where the task wants to know.
        options: Option to value and source, likewise.
    """

    stage: str = "start"
    verdict: str | None = None
    reason: str | None = None
    notes: list[str] = field(default_factory=list)
    seconds: float | None = None
    live: list[Live] = field(default_factory=list)
    threads: list[str] = field(default_factory=list)
    model: str | None = None
    options: dict[str, tuple[object, str]] | None = None

    def save(self, file: Path) -> None:
        """Write it in one step, so that nobody reads half of it."""
        beside = file.with_suffix(".new")
        beside.write_text(json.dumps(asdict(self)), "utf-8")
        beside.replace(file)

    @classmethod
    def load(cls, file: Path) -> Report:
        """Read what `save` wrote."""
        document = json.loads(file.read_text("utf-8"))
        return cls(**{**document, "live": [Live(**each) for each in document["live"]]})


def main(pickled: bytes) -> None:
    """Examine one backend, and report.

    Args:
        pickled: An `Examination`, from the process that started this one.
    """
    task: Examination = pickle.loads(pickled)  # noqa: S301 - from the parent, over a pipe of its own
    report = Report()

    def enter(stage: str) -> None:
        report.stage = stage
        report.save(task.report)

    try:
        _examine(task, report, enter)
    except BaseException as error:  # noqa: BLE001 - whatever a stranger's code may raise
        report.verdict, report.reason = BROKEN, _outcry(error, report.stage)
    report.threads = [
        str(thread.name)
        for thread in threading.enumerate()
        if not thread.daemon and thread is not threading.main_thread()
    ]
    enter("end")


def _examine(task: Examination, report: Report, enter: Callable[[str], None]) -> None:
    keys: list[Key] = []
    try:
        choice = choose([Layer("the command line", task.name), *task.layers])
        choice = replace(choice, variable=task.variable)
        enter("import")
        backend_class = _imported(choice, report)
        enter("make")
        if "backend" in field_names(backend_class):
            report.notes.append(
                "its field 'backend' cannot be set in a file, where that word names the backend"
            )
        report.notes += choice.plugins.notes(choice.name)
        resolved = make_backend(choice)
        backend = resolved.backend
        keys = own_keys(backend)
        if task.variable is not None:
            model = getattr(backend, "model", None)
            report.model = redact(model, keys) if isinstance(model, str) else None
            report.options = {
                option: (to_show(option, value, keys), source)
                for option, (value, source) in resolved.options.items()
            }
        if isinstance(backend, SupportsPreflight):
            backend.preflight()
    except BackendNotFoundError as error:
        report.verdict, report.reason = BROKEN, str(error)
    except OpenRangeError as error:
        report.verdict, report.reason = NOT_CONFIGURED, redact(str(error), keys)
    else:
        report.verdict = READY
        for name in REQUESTS if task.is_live else ():
            enter(name)
            report.live.append(_asked(name, backend, keys))


def _imported(choice: Choice, report: Report) -> type:
    """The class, with notes on how its import went."""
    before, began = _written(), time.perf_counter()
    try:
        return choice.plugins.load(BACKEND, choice.name)
    finally:
        report.seconds = round(time.perf_counter() - began, 3)
        if report.seconds > SLOW_IMPORT:
            report.notes.append(f"its import took {report.seconds:.1f} s")
        if (after := _written()) > before:
            with suppress(OSError):
                said = os.pread(1, min(after - before, _MAX_READ), before).decode(
                    "utf-8", "replace"
                )
                if after - before > _MAX_READ:
                    said = re.sub(r"\S+$", "", said) + "…"  # half a key would not be recognized
                shown = presentable(said, _MAX_SHOWN, known_keys())
                report.notes.append(f"it prints while it is imported: {shown!r}")


def _written() -> int:
    """How many bytes went to both outputs, which are one file."""
    for stream in (sys.stdout, sys.stderr):
        with suppress(Exception):  # a plugin may have closed or replaced it
            stream.flush()
    try:
        return os.fstat(1).st_size
    except OSError:
        return 0


def _asked(name: str, backend: LLMBackend, keys: list[Key]) -> Live:
    """How one request went."""
    from openrange.llm.recording import recording

    problem: str | None = None
    request, began = REQUESTS[name], time.perf_counter()
    changes: list[dict[str, str]] = []

    def note(step: str, data: Mapping[str, object]) -> None:
        if step in _CHANGES and len(changes) < _MAX_CHANGES:
            told = {name: redact(str(data.get(name)), keys) for name in _CHANGES[step]}
            changes.append({"step": step, **told})

    with recording(note) as recorder:
        try:
            problem = _broken_promise(request, backend.complete(request))
        except LLMBackendError as error:
            problem = str(error)
        except BaseException as error:  # noqa: BLE001 - the contract says it never happens
            problem = f"it raised {type(error).__name__}, and not LLMBackendError"
    seconds = round(time.perf_counter() - began, 3)
    usage = {count: _number(value) for count, value in recorder.usage.to_mapping().items()}
    reason = problem and redact(problem, keys)
    return Live(name, problem is None, reason, seconds, usage, tuple(changes))


def _number(value: object) -> int | float | None:
    """A number that can be true and be shown; True, NaN and what is endless are none."""
    is_one = isinstance(value, int | float) and not isinstance(value, bool)
    return value if is_one and 0 <= value < _MAX_NUMBER else None  # type: ignore[operator,return-value]


def _broken_promise(request: LLMRequest, result: object) -> str | None:
    """What is wrong with a result, judged by the contract; None where nothing is."""
    from openrange.llm.schema import violation

    if not isinstance(result, LLMResult):
        return f"it returned {type(result).__name__}, and not LLMResult"
    if not isinstance(result.text, str) or not result.text.strip():
        return "its text is empty"
    if request.json_schema is None:
        return None if result.parsed_json is None else "it gave an object that nobody asked for"
    if result.parsed_json is None:
        return "it gave no object, although a schema was given"
    is_wrong = violation(result.parsed_json, request.json_schema) is not None
    return "its object does not conform to the schema" if is_wrong else None


def _outcry(error: BaseException, stage: str) -> str:
    """An exception of a stranger, whose text may hold anything."""
    doing = {"import": "while it is imported", "make": "while it is made and checked"}
    return f"it raises {type(error).__name__} {doing.get(stage, 'in its check')}"
