"""The rules on a backend as part of a process: threads, event loops, silence, cheap imports."""

from __future__ import annotations

import asyncio
import json
import logging
import os
import subprocess
import sys
import warnings
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import pytest

from openrange.llm.contract import LLMRequest
from openrange.llm.recording import recording
from openrange.testing.rules import broken, rule
from openrange.testing.script import Turn
from openrange.testing.stage import (
    GOOD,
    KEY,
    PLAIN,
    STRUCTURED,
    Stage,
    as_result,
    noting,
    outcome_of,
)
from openrange.testing.surroundings import watch

THREADS = 32
MAX_FOREIGN_MODULES = 150
"""What a small dependency brings along; an SDK of a provider has several times as many."""
_IMPORT_SECONDS = 60


class Processes(Stage):
    """Threads, a running event loop, silence, usage, and what an import costs."""

    @rule(
        "threads",
        f"One backend answers {THREADS} threads at once, each with its own reply.",
        "keep the state of a request in local variables",
    )
    def test_threads(self) -> None:
        self.script.decide(lambda sent: Turn(json.dumps({"word": sent.prompt.split()[0]})))
        backend = self.make()
        words = [f"word-{number}" for number in range(THREADS)]
        with noting(self.changed_by_answers), ThreadPoolExecutor(THREADS) as pool:
            outcomes = pool.map(lambda word: outcome_of(backend, _asking_for(word)), words)
            for word, result in zip(words, map(as_result, outcomes), strict=True):
                if result.parsed_json != {"word": word}:
                    broken(f"the thread that asked for {word!r} got {result!r:.200}")

    @rule(
        "event-loop",
        "`complete` works when it is called inside of a running event loop, as in a notebook.",
        "make plain blocking calls; an async client needs a thread of its own",
    )
    def test_event_loop(self) -> None:
        async def ask() -> Any:
            return self.answer(STRUCTURED)

        asyncio.run(ask())

    @rule(
        "silent",
        "A backend prints nothing, warns of nothing, and logs nothing above the level of INFO.",
        "raise what is an error, leave the rest; silence a client library that talks",
    )
    def test_silent(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        with _silence(capfd, caplog):
            self.answer(STRUCTURED)
        _check_silence(self.said_by_answers)

    @rule(
        "silent-failure",
        "A backend is silent, and leaves the process as it found it, also where it fails.",
        "put what there is to say into the error; restore in a `finally` block",
    )
    def test_silent_failure(
        self, capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture
    ) -> None:
        self.script.play(Turn("no", status=404))
        with _silence(capfd, caplog):
            self.failure(PLAIN)
        _check_silence(self.said_by_failures)
        if names := sorted(self.changed_by_failures):
            broken(f"it changed {' and '.join(names)}")

    @rule(
        "leaves-the-process",
        "A backend leaves the process as it found it: environment, working directory, signal "
        "handlers, logging, warnings, standard streams, locale, limits.",
        "pass settings to the client as arguments; restore what a library changes",
    )
    def test_leaves_the_process(self) -> None:
        self.answer(STRUCTURED)
        if names := sorted(self.changed_by_answers):
            broken(f"it changed {' and '.join(names)}")

    @rule(
        "cheap-import",
        "Importing the backend's module prints nothing, connects to nothing, starts no thread and "
        f"no program, changes nothing, and imports at most {MAX_FOREIGN_MODULES} modules of other "
        "packages: it happens whenever the backend is chosen, and for `backends check`.",
        "import the provider's client inside of the function that uses it",
    )
    def test_cheap_import(self, tmp_path: Path) -> None:
        module, file = type(self.make()).__module__, tmp_path / "seen.json"
        try:
            child = subprocess.run(  # noqa: S603 - this very interpreter
                [sys.executable, "-m", "openrange.testing.surroundings", module, str(file)],
                env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
                capture_output=True,
                text=True,
                check=False,
                timeout=_IMPORT_SECONDS,
            )
        except subprocess.TimeoutExpired:
            broken(f"it took longer than {_IMPORT_SECONDS} seconds")
        if not file.exists():
            broken(f"it ended the process with the status {child.returncode}")
        seen = json.loads(file.read_text("utf-8"))
        if "raised" in seen:
            broken(f"in a process of its own, the import of {module} raised {seen['raised']}")
        if said := child.stdout + child.stderr:
            broken(f"it printed {said[-300:]!r}")
        if seen["events"]:
            broken(f"it caused {seen['events'][0]}")
        if seen["threads"]:
            broken(f"it started {seen['threads']} threads")
        if seen["changed"]:
            broken(f"it changed {' and '.join(seen['changed'])}")
        if len(seen["modules"]) > MAX_FOREIGN_MODULES:
            packages = sorted({name.partition(".")[0] for name in seen["modules"]})
            broken(f"it imported {len(seen['modules'])} modules of {', '.join(packages)[:200]}")

    @rule(
        "quiet-start",
        "Making a backend, its repr and its `preflight` connect to nothing and start no program.",
        "do in `complete` what needs the provider",
    )
    def test_quiet_start(self) -> None:
        events: list[str] = []
        backend: Any = self.make()  # what the test's own factory does the first time is its own
        end = watch(events.append)
        try:
            backend = self.make()
            repr(backend)
            with suppress(Exception):  # which is another rule
                getattr(backend, "preflight", lambda: None)()
        finally:
            end()
        if events:
            broken(f"it caused {events[0]}")

    @rule(
        "preflight",
        "`preflight`, where there is one, passes for a backend that works.",
        "raise only for what is certain to fail",
    )
    def test_preflight(self) -> None:
        backend: Any = self.make()
        getattr(backend, "preflight", lambda: None)()

    @rule(
        "usage",
        "Every request is counted: `openrange.llm.recording()` sees how many were sent.",
        "answer by way of `openrange.llm.run`, and send one request in each `_send`",
    )
    def test_usage(self) -> None:
        busy = Turn("busy", status=503, retry_after=0)
        for turns in ([GOOD], [Turn("no"), busy, GOOD]):
            self.script.play(*turns)
            # What is asked for again, and what fails in the end, is counted as well.
            with recording() as recorder:
                self.outcome(STRUCTURED, self.make())
            counted = recorder.usage.requests
            if counted != len(self.sent):
                broken(f"{len(self.sent)} requests arrived, and {counted} were counted")

    @rule(
        "tokens",
        "The tokens that the provider reports are counted.",
        "set `usage=openrange.llm.Usage(input_tokens=..., output_tokens=...)` in the `Reply`",
    )
    def test_tokens(self) -> None:
        with recording() as recorder:
            self.answer(STRUCTURED)
        counted = (recorder.usage.input_tokens, recorder.usage.output_tokens)
        reported = (GOOD.input_tokens, GOOD.output_tokens)
        if counted != reported:
            broken(
                f"{reported[0]} tokens in and {reported[1]} out were reported, and {counted[0]} "
                f"and {counted[1]} counted; a `document_of` of your own takes them from the turn"
            )


def _asking_for(word: str) -> LLMRequest:
    schema = {
        "type": "object",
        "properties": {"word": {"type": "string", "const": word}},
        "required": ["word"],
        "additionalProperties": False,
    }
    return LLMRequest(f"{word} is the word to say.", None, schema)


@contextmanager
def _silence(capfd: pytest.CaptureFixture[str], caplog: pytest.LogCaptureFixture) -> Iterator[None]:
    """A block in which nothing must be printed, warned of, or logged above INFO."""
    capfd.readouterr()
    with warnings.catch_warnings(record=True) as warned, caplog.at_level(logging.DEBUG):
        warnings.simplefilter("always")
        yield
    logged = [r.getMessage() for r in caplog.records if r.levelno > logging.INFO]
    _check_silence([*filter(None, capfd.readouterr()), *(str(w.message) for w in warned), *logged])


def _check_silence(said: list[str]) -> None:
    if said:
        broken(f"it said {said[0].replace(KEY, '<THE KEY>')!r:.300}")
