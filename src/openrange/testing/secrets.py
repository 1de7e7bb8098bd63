"""The rules on keys: each is in the request that needs it, and nowhere else."""

from __future__ import annotations

import dataclasses
import json
import logging
import pickle
import traceback
from contextlib import suppress
from typing import Any

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMBackend
from openrange.llm.recording import recording
from openrange.llm.settings import is_secret
from openrange.testing.rules import broken, rule
from openrange.testing.script import Turn
from openrange.testing.stage import GOOD, KEY, OBJECT_TEXT, PLAIN, STRUCTURED, Stage

_OTHER_KEY = "sk-openrange-canary-2-55aa90e1"
_RUN = "pass the key to `openrange.llm.run(..., secrets=[...])`"
_MARKED = "declare the field with `openrange.llm.secret()`, in a class below `BackendSettings`"


class Secrets(Stage):
    """The key in requests, reprs, errors, replies, logs, events and pickles."""

    @rule(
        "key-is-sent",
        "The key of the environment variable reaches the provider.",
        "look it up in `_send` with `openrange.llm.find_key(self.api_key, self.api_key_env)`; "
        "name the variable in the test class as `key_variable`",
    )
    def test_key_is_sent(self) -> None:
        self.answer(STRUCTURED)
        if KEY not in (self.sent[0].key or ""):
            broken(f"{self.key_variable} was set, and the provider did not get its value")

    @rule(
        "key-is-read-at-each-call",
        "The variable is read at each call: keys are changed while a program runs.",
        "look the key up in `complete`, and not when the backend is made",
    )
    def test_key_is_read_at_each_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        backend = self.make()
        monkeypatch.setenv(self._variable(), _OTHER_KEY)
        self.answer(STRUCTURED, backend)
        if _OTHER_KEY not in (self.sent[0].key or ""):
            broken(f"{self.key_variable} was changed, and the provider did not get the new value")

    @rule(
        "given-key-wins",
        "A key that is given as a field beats that of the variable.",
        "use `openrange.llm.find_key(self.api_key, self.api_key_env)`",
    )
    def test_given_key_wins(self) -> None:
        self.answer(STRUCTURED, self._with_key(_OTHER_KEY))
        if _OTHER_KEY not in (self.sent[0].key or ""):
            broken(f"the provider did not get the key in {self._field()}")

    @rule(
        "missing-key",
        "Without a key, `preflight` and `complete` raise an LLMBackendError of kind "
        "'not-configured' that names the variable to set, and nothing is sent.",
        "look for the key first, and raise the error in both",
    )
    def test_missing_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(self._variable())
        backend: Any = self.without_key()
        preflight = getattr(backend, "preflight", None)
        if preflight is None:
            broken("there is no method `preflight`")
        for name, error in (
            ("preflight", _raised(preflight)),
            ("complete", self.failure(STRUCTURED, backend)),
        ):
            if error is None or error.kind != "not-configured":
                broken(f"`{name}` raised {error!r}")
            if self._variable() not in str(error):
                broken(f"{self.key_variable} does not stand in the error {str(error)!r}")
        if self.sent:
            broken("a request was sent")

    @rule("no-key-in-repr", "No key shows in the repr or the text of a backend.", _MARKED)
    def test_no_key_in_repr(self) -> None:
        backend = self._with_key(KEY)
        _check("the repr", repr(backend))
        _check("the text", f"{backend}")

    @rule(
        "no-key-in-errors",
        "No key shows in an error, its fields or its traceback with local variables, also where "
        "the provider repeats the key; and no chain leads from it to another exception.",
        f"{_RUN}, which raises a fresh error; hold it in an `openrange.llm.Key`, which has no repr",
    )
    @pytest.mark.parametrize(
        "turn",
        [
            Turn(f"wrong key: Bearer {KEY}", status=401),
            Turn(f"wrong key: {KEY}", status=400),
            Turn(body=f"<p>{KEY}</p>".encode()),
            Turn(f"I refuse {KEY}", finish="refusal"),
            Turn(f'{{"city": "{KEY}", "count": "seven"}}'),
            Turn(drops=True),
        ],
        ids=["401", "400", "page", "refusal", "nonconforming", "dropped"],
    )
    def test_no_key_in_errors(self, turn: Turn) -> None:
        self.script.play(turn)
        error = self.failure(STRUCTURED)
        _check("the message", str(error))
        _check("the fields", repr(vars(error)))
        # The caller's frames, which are pytest's, are not the backend's.
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        _check("the traceback", "".join(trace.format()))
        if error.__cause__ is not None or error.__context__ is not None:
            broken(f"the error leads to {error.__cause__ or error.__context__!r}")

    @rule("no-key-in-replies", "No key shows in a result that repeats it.", _RUN)
    def test_no_key_in_replies(self) -> None:
        self.script.play(Turn(f"Your key is {KEY}."))
        _check("the result", repr(self.answer(PLAIN)))

    @rule(
        "no-key-in-logs",
        "No key shows in a log, at any level.",
        "log nothing, and silence the client library that does",
    )
    def test_no_key_in_logs(self, caplog: pytest.LogCaptureFixture) -> None:
        backend = self.make()
        with caplog.at_level(logging.DEBUG):
            self.script.play(Turn(OBJECT_TEXT))
            self.answer(STRUCTURED, backend)
            self.script.play(Turn(f"wrong key {KEY}", status=401))
            self.failure(STRUCTURED, backend)
        _check("the log", caplog.text + repr([record.args for record in caplog.records]))

    @rule("no-key-in-events", "No key shows in an event.", _RUN)
    def test_no_key_in_events(self) -> None:
        seen: list[object] = []
        with recording(lambda step, data: seen.append((step, dict(data)))):
            self.script.play(Turn(f'["{KEY}"]'), GOOD)
            self.answer(STRUCTURED)
            self.script.play(Turn(f"busy, {KEY}", status=503, retry_after=0), GOOD)
            with suppress(LLMBackendError):  # of a backend that does not repeat requests
                self.make().complete(STRUCTURED)
        _check("the events", json.dumps(seen))

    @rule(
        "no-key-in-pickles",
        "A backend that holds a key refuses to be pickled, and names the field to use instead.",
        _MARKED,
    )
    def test_no_key_in_pickles(self) -> None:
        backend = self._with_key(KEY)
        try:
            pickled = pickle.dumps(backend)
        except pickle.PicklingError as error:
            _check("the refusal", str(error))
            if f"{self._field()}_env" not in str(error):
                broken(f"{self._field()}_env does not stand in the refusal {str(error)!r}")
        else:
            broken(f"it was pickled, {'with' if KEY.encode() in pickled else 'without'} the key")

    def _variable(self) -> str:
        if not self.key_variable:
            broken("the test class names no `key_variable`; without a key, declare this rule")
        return self.key_variable

    def _field(self) -> str:
        """The one field that holds a key."""
        backend: Any = self.make()
        fields = dataclasses.fields(backend) if dataclasses.is_dataclass(backend) else ()
        names = [field.name for field in fields if is_secret(field)]
        if not names:
            broken("no field is marked as a secret; " + _MARKED)
        return names[0]

    def _with_key(self, key: str) -> LLMBackend:
        return self.make(**{self._field(): key})


def _raised(call: Any) -> LLMBackendError | None:
    try:
        call()
    except LLMBackendError as error:
        return error
    return None


def _check(what: str, text: str) -> None:
    for key in (KEY, _OTHER_KEY):
        if key in text:
            broken(f"the key stands in {what}: {text.replace(key, '<THE KEY>')[:400]!r}")
