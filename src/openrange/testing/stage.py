"""What every rule's test stands on: the author's backend on a scripted transport."""

from __future__ import annotations

import inspect
import os
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any, ClassVar

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult
from openrange.testing.chat_server import ChatServer
from openrange.testing.rules import NOT_COVERED, Rule, broken, in_words
from openrange.testing.script import Script, Sent, Turn, chat_answer, chat_sent

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

    def wire(self, script: Script) -> AbstractContextManager[str]:
        """Put a script's turns on the transport that the backend uses.

        The one given here is a server that speaks Chat Completions. For another transport, ask
        `script.next(Sent(...))` for each request, and do what the `Turn` says.

        Args:
            script: Decides what the provider does.

        Returns:
            A context manager that yields what `backend` gets as `url`.
        """
        return _chat_server(script)

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


@contextmanager
def _chat_server(script: Script) -> Iterator[str]:
    def respond(seen: Any) -> Any:
        return chat_answer(script.next(chat_sent(seen)))

    with ChatServer(respond).running() as server:
        yield server.url
