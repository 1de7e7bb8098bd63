"""What every rule's test stands on: the author's backend on a scripted transport."""

from __future__ import annotations

import inspect
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult
from openrange.testing.chat_server import Answer, ChatServer, Seen
from openrange.testing.rules import NOT_COVERED, Rule, broken, in_words
from openrange.testing.script import Script, Sent, Turn, chat_document, chat_sent, http_answer

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


class Stage(ABC):
    """The part of `BackendContract` that an author fills in, and what its rules share."""

    name: ClassVar[str]
    """The name under which the backend is registered."""

    key_variable: ClassVar[str | None] = None
    """The environment variable that holds the key; None for a backend that has none."""

    not_covered: ClassVar[Mapping[str, str]] = {}
    """The rules that cannot apply to this backend: the rule's name, and the reason."""

    script: Script
    url: str

    @abstractmethod
    def backend(self, url: str, **fields: Any) -> LLMBackend:
        """Make the backend under test.

        Args:
            url: What `wire` yields: for most, the base URL of the scripted server.
            **fields: Settings that a rule needs: `timeout` (seconds), `max_retries`, `api_key`.

        Returns:
            The backend.
        """

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
            turn = script.next(self.sent_of(seen))
            return http_answer(turn, self.document_of(turn))

        with ChatServer(respond).running() as server:
            yield server.url

    @pytest.fixture(autouse=True)
    def _stage(
        self, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> Iterator[None]:
        stated: Rule | None = getattr(request.function, "rule", None)
        if stated is not None and stated.name in self.not_covered:
            pytest.skip(f"{NOT_COVERED}{stated.name}: {self.not_covered[stated.name]}")
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
        self.script = Script()
        self.script.play(GOOD)
        with self.wire(self.script) as self.url:
            yield

    @property
    def sent(self) -> list[Sent]:
        """What arrived at the provider."""
        return self.script.sent

    def make(self, **fields: Any) -> LLMBackend:
        """The backend, without `max_retries` where it has no such field."""
        if "max_retries" in fields and not self.has_field("max_retries"):
            del fields["max_retries"]
        return self.backend(self.url, **fields)

    def once(self, **fields: Any) -> LLMBackend:
        """The backend, which sends again as little as it can be told to."""
        return self.make(max_retries=0, **fields)

    def has_field(self, field: str) -> bool:
        """Whether the backend's constructor takes a field."""
        return field in inspect.signature(type(self.backend(self.url))).parameters

    def answer(self, request: LLMRequest, backend: LLMBackend | None = None) -> LLMResult:
        """What the backend returns, where it must not fail."""
        used = self.make() if backend is None else backend
        try:
            result: object = used.complete(request)
        except Exception as error:  # noqa: BLE001 - whatever a backend raises
            broken(f"`complete` raised {in_words(error)}")
        if not isinstance(result, LLMResult):
            broken(f"`complete` returned {type(result).__name__} instead of LLMResult")
        return result

    def failure(self, request: LLMRequest, backend: LLMBackend | None = None) -> LLMBackendError:
        """What the backend raises, where it must fail."""
        used = self.once() if backend is None else backend
        try:
            result = used.complete(request)
        except LLMBackendError as error:
            return error
        except Exception as error:  # noqa: BLE001 - whatever a backend raises
            broken(f"`complete` raised {in_words(error)}, and not LLMBackendError")
        else:
            broken(f"`complete` returned {result!r:.300}, and did not fail")
