"""What every rule's test stands on: the author's backend on a scripted transport."""

from __future__ import annotations

import copy
import inspect
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, redirect_stderr, redirect_stdout, suppress
from io import StringIO
from pathlib import Path
from typing import Any, ClassVar
from unittest import TestCase, mock

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult
from openrange.llm.deadline import within
from openrange.llm.retry import without_waiting
from openrange.testing.chat_server import Answer, ChatServer, Seen
from openrange.testing.rules import NOT_COVERED, Rule, broken, outcry, rule, untestable
from openrange.testing.script import (
    ENOUGH,
    Script,
    Sent,
    Turn,
    UnexpectedRequestError,
    chat_document,
    chat_sent,
    http_answer,
)
from openrange.testing.surroundings import changed, surroundings

KEY = "sk-openrange-canary-8d1f6e0b7c"
"""A key that must be seen nowhere but in a request."""

OBJECT = {"city": "Zürich", "count": 7}
OBJECT_TEXT = '{"city": "Zürich", "count": 7}'
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {
        "city": {"type": "string", "minLength": 1},
        "count": {"type": "integer", "minimum": 0, "maximum": 100},
    },
    "required": ["city", "count"],
    "additionalProperties": False,
}
PLAIN = LLMRequest("Name a city.")
STRUCTURED = LLMRequest("Name a city, and count its bridges.", None, SCHEMA)
GOOD = Turn(OBJECT_TEXT)


class Stage:
    """The part of `BackendContract` that an author fills in, and what its rules share."""

    name: ClassVar[str]
    """The name under which the backend is registered."""

    key_variable: ClassVar[str | None] = None
    """The environment variable that holds the key; None for a backend that has none."""

    not_covered: ClassVar[Mapping[str, str]] = {}
    """The rules that cannot apply to this backend: the rule's name, and the reason."""

    changed_by_answers: ClassVar[set[str]] = set()
    """What of the process was no longer as it was after a call, also if that was the first one, in
    which much is done once for all."""

    changed_by_failures: ClassVar[set[str]] = set()

    said_by_answers: ClassVar[list[str]] = []
    """What calls printed, also if that was the first one: many a library has a banner."""

    said_by_failures: ClassVar[list[str]] = []

    script: Script
    url: str

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.changed_by_answers, cls.changed_by_failures = set(), set()
        cls.said_by_answers, cls.said_by_failures = [], []

    def backend(self, url: str, **fields: Any) -> LLMBackend:
        """Make the backend under test.

        Args:
            url: What `wire` yields: for most, the base URL of the scripted server.
            **fields: Settings that a rule needs: `timeout` (seconds), `max_retries`, `api_key`.

        Returns:
            The backend.
        """
        raise TypeError(f"{type(self).__name__} has no method `backend`")

    def without_key(self) -> LLMBackend:
        """Make a backend that needs a key, while `key_variable` is not set.

        Returns:
            By default what `backend` makes. Override it where the scripted server is no reason
            to need a key, because only the provider's own server asks for one.
        """
        return self.backend(self.url)

    def sent_of(self, seen: Seen) -> Sent:
        """Read a request as the provider would. Override it for an API of another shape.

        Args:
            seen: What arrived at the scripted server.

        Returns:
            By default what a Chat Completions request says.
        """
        return chat_sent(seen)

    def document_of(self, turn: Turn) -> object:
        """Write a response as the provider would. Override it for an API of another shape.

        Args:
            turn: What the provider says: `text` and `finish`; or, with another `status` than 200,
                an error with `text` as its message.

        Returns:
            By default a Chat Completions response, as JSON.
        """
        return chat_document(turn)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        """Put a script's turns on the transport that the backend uses: by default an HTTP server.

        Override it for another transport: ask `script.next(Sent(...))` for each request, and do
        what the `Turn` says.

        Args:
            script: Decides what the provider does.

        Yields:
            What `backend` gets as `url`.
        """

        def respond(seen: Seen) -> Answer:
            try:
                turn = script.next(self.sent_of(seen))
                return http_answer(turn, self.document_of(turn))
            except UnexpectedRequestError:
                raise  # which is the backend's
            except Exception as error:  # noqa: BLE001 - the author's method may raise anything
                script.fault = f"on the way to the provider the test raised {outcry(error)}"
                return Answer(400, chat_document(Turn(script.fault, status=400)))

        with ChatServer(respond).running() as server:
            yield server.url

    @pytest.fixture(autouse=True)
    def _stage(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> Iterator[None]:
        if problem := self._undeclared():
            pytest.fail(f"the test class {type(self).__name__} {problem}", pytrace=False)
        stated: Rule | None = getattr(request.function, "rule", None)
        if stated is not None and stated.name in self.not_covered and stated.is_declarable:
            pytest.skip(f"{NOT_COVERED}{stated.name}: {self.not_covered[stated.name]}")
        with mock.patch.dict(os.environ):  # what a backend changes does not reach the next test
            for variable in list(os.environ):
                if variable.startswith("OPENRANGE_"):
                    monkeypatch.delenv(variable)
            for part in ("HOME", "XDG_CONFIG_HOME"):
                monkeypatch.setenv(part, str(tmp_path))
            # A canary key must reach the scripted transport and no proxy on the way.
            monkeypatch.setenv("NO_PROXY", "*")
            monkeypatch.setenv("no_proxy", "*")
            monkeypatch.chdir(tmp_path)
            if self.key_variable:
                monkeypatch.setenv(self.key_variable, KEY)
            object.__setattr__(STRUCTURED, "json_schema", copy.deepcopy(SCHEMA))  # nor does this
            self.script = Script(at_last=GOOD)
            self.script.play(GOOD)
            with without_waiting(), self.wire(self.script) as self.url:
                yield

    def hindrance(self) -> str | None:
        """Why nothing that was seen says anything of the backend, or None."""
        return self.script.fault

    def trouble(self) -> str | None:
        """Why the backend does not even answer a plain request; None where it does."""
        self.script.play(GOOD)
        key = {self.key_variable: KEY} if self.key_variable else {}
        with mock.patch.dict(os.environ, key):
            try:
                self.answer(PLAIN)
            except Exception as error:  # noqa: BLE001 - whatever a backend or a test class does
                return str(error)
        return None

    @rule(
        "works",
        "The test class makes a backend, and it answers a plain request.",
        "make it in `backend`, with `url` as the place of its provider and a default for what the "
        "test does not give; name the variable of its key as `key_variable`; for an API other than "
        "Chat Completions, write `sent_of` and `document_of`, or `wire`",
        stands_alone=True,
    )
    def test_works(self) -> None:
        self.answer(PLAIN)

    def _undeclared(self) -> str | None:
        """What keeps every rule from being tested."""
        if not isinstance(getattr(self, "name", None), str) or not self.name:
            return "sets no `name`: the name under which the backend is registered"
        if isinstance(self, TestCase):
            return "is a unittest.TestCase, which knows no parameters; leave that base class out"
        if type(self).backend is Stage.backend:  # pytest would pass over an abstract class
            return "has no method `backend`, which makes the backend under test"
        if not isinstance(self.not_covered, Mapping):
            return "has a `not_covered` that is no mapping of names of rules to reasons"
        return None

    @property
    def sent(self) -> list[Sent]:
        """What arrived at the provider."""
        return self.script.sent

    def arrived(self, number: int = 0) -> Sent:
        """One request that has to have arrived at the provider."""
        if number >= len(self.sent):
            broken(
                f"{len(self.sent)} requests arrived at the provider, and this rule looks at "
                f"number {number + 1}; a `wire` of your own asks `script.next` for each"
            )
        return self.sent[number]

    def make(self, **fields: Any) -> LLMBackend:
        """The backend, without `max_retries` where it has no such field."""
        if "max_retries" in fields and not self.has_field("max_retries"):
            del fields["max_retries"]
        return made("backend", lambda: self.backend(self.url, **fields))

    def once(self, **fields: Any) -> LLMBackend:
        """The backend, which sends again as little as it can be told to."""
        return self.make(max_retries=0, **fields)

    def has_field(self, field: str) -> bool:
        """Whether the backend's constructor takes a field."""
        return field in inspect.signature(type(self.make())).parameters

    def outcome(self, request: LLMRequest, backend: LLMBackend) -> object:
        """What `complete` returned, or else the exception that it raised; changes are noted."""
        changes: set[str] = set()
        with redirect_stdout(StringIO()) as out, redirect_stderr(StringIO()) as err:
            with noting(changes):
                outcome = outcome_of(backend, request)
        said = [text for text in (out.getvalue(), err.getvalue()) if text]
        has_failed = isinstance(outcome, BaseException)
        (self.changed_by_failures if has_failed else self.changed_by_answers).update(changes)
        (self.said_by_failures if has_failed else self.said_by_answers).extend(said)
        return outcome

    def answer(self, request: LLMRequest, backend: LLMBackend | None = None) -> LLMResult:
        """What the backend returns, where it must not fail."""
        used = self.make() if backend is None else backend
        return as_result(self.outcome(request, used))

    def failure(
        self,
        request: LLMRequest,
        backend: LLMBackend | None = None,
        seconds: float | None = None,
    ) -> LLMBackendError:
        """What the backend raises, where it must fail, and come back within some seconds."""
        used = self.once() if backend is None else backend
        if seconds is None:
            outcome = self.outcome(request, used)
        else:
            outcome = _in_time(seconds, lambda: self.outcome(request, used))
        if len(self.sent) > ENOUGH:
            broken(f"more than {ENOUGH} requests were sent")
        if not isinstance(outcome, BaseException):
            broken(f"`complete` returned {outcome!r:.300}, and did not fail")
        if not isinstance(outcome, LLMBackendError):
            broken(f"`complete` raised {outcry(outcome)}, and not LLMBackendError")
        return outcome


def made(method: str, make: Callable[[], LLMBackend]) -> LLMBackend:
    """The backend that a method of the test class makes, whose own faults are told as such.

    Args:
        method: The method's name.
        make: Calls it.

    Returns:
        The backend.
    """
    try:
        backend: object = make()
    except Exception as error:  # noqa: BLE001 - whatever a test class does
        untestable(f"the method `{method}` of the test class raised {outcry(error)}")
    what = "a class" if isinstance(backend, type) else type(backend).__name__
    if isinstance(backend, type) or not isinstance(backend, LLMBackend):
        untestable(f"the method `{method}` of the test class returned {what}, and no backend")
    return backend


def as_result(outcome: object) -> LLMResult:
    """The result of a call that had to succeed.

    Args:
        outcome: What it returned or raised.

    Returns:
        The same, if it is a result.
    """
    if isinstance(outcome, BaseException):
        broken(f"`complete` raised {outcry(outcome)}")
    if not isinstance(outcome, LLMResult):
        broken(f"`complete` returned {type(outcome).__name__} instead of LLMResult")
    return outcome


def outcome_of(backend: LLMBackend, request: LLMRequest) -> object:
    """What a backend makes of a request.

    Args:
        backend: The backend.
        request: The request.

    Returns:
        What `complete` returned, or else the exception that it raised.
    """
    try:
        result: object = backend.complete(request)
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - whatever a backend raises
        return error
    if inspect.iscoroutine(result):
        result.close()
        broken("`complete` is a coroutine function")
    return result


@contextmanager
def noting(names: set[str]) -> Iterator[None]:
    """A block after which the names of what it changed in the process are noted.

    Args:
        names: Where they are noted.
    """
    before = surroundings()
    try:
        yield
    finally:
        names.update(changed(before))


def _in_time(seconds: float, call: Callable[[], object]) -> object:
    outcome: list[object] = []
    with suppress(LLMBackendError):  # it is not back; what it raises is an outcome
        outcome.append(within(seconds, call))
    if not outcome:
        broken(f"after {seconds:g} seconds `complete` had not come back")
    return outcome[0]
