"""The rules on keys: each is in the request that needs it, and nowhere else."""

from __future__ import annotations

import dataclasses
import html
import json
import logging
import pickle
import traceback
from contextlib import suppress
from typing import Any
from urllib.parse import quote

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMBackend
from openrange.llm.recording import recording
from openrange.llm.settings import is_secret
from openrange.testing.rules import broken, rule, untestable
from openrange.testing.script import Turn
from openrange.testing.stage import GOOD, KEY, OBJECT_TEXT, PLAIN, STRUCTURED, Stage, made

_OTHER_KEY = "sk-openrange-canary-2-55aa90e1"
_NAMED_KEY = "sk-openrange-canary-3-c07be2d4"
_ODD_KEY = "sk-openrange/canary+4&<d1f6>=e0b7c"
_SPELLINGS = {
    "URLs": quote(_ODD_KEY, safe=""),
    "pages": html.escape(_ODD_KEY),
    "encoders of JSON in PHP": _ODD_KEY.replace("/", "\\/"),
    "encoders of JSON in Go": "".join(
        f"\\u{ord(letter):04x}" if letter in "&<>" else letter for letter in _ODD_KEY
    ),
}
_RUN = "pass the key to `openrange.llm.run(..., secrets=[...])`"
_MARKED = "declare the field with `openrange.llm.secret()`, in a class below `BackendSettings`"


class Secrets(Stage):
    """The key in requests, reprs, errors, replies, logs, events and pickles."""

    @rule(
        "key-is-sent",
        "The key of the environment variable reaches the provider.",
        "look it up with `openrange.llm.require_key` or `find_key`, and send it; give it to the "
        "`Sent` of a `sent_of` or `wire` of your own",
    )
    def test_key_is_sent(self) -> None:
        variable = self._variable()
        self.answer(STRUCTURED)
        if KEY not in (self.arrived().key or ""):
            broken(f"{variable} was set, and the provider did not get its value")

    @rule(
        "key-is-read-at-each-call",
        "The variable is read at each call: keys are changed while a program runs.",
        "look it up in `complete`, and not when the backend is made or its module imported",
    )
    def test_key_is_read_at_each_call(self, monkeypatch: pytest.MonkeyPatch) -> None:
        backend = self.make()
        for key in (_OTHER_KEY, _NAMED_KEY):  # neither what it was made with, nor its first one
            monkeypatch.setenv(self._variable(), key)
            self.script.play(GOOD)
            self.answer(STRUCTURED, backend)
            if key not in (self.arrived().key or ""):
                broken(f"{self._variable()} was changed, and the provider did not get its value")

    @rule(
        "given-key-wins",
        "A key that is given as a field beats that of a variable, and a variable that is named as "
        "a field beats the usual one.",
        "use `openrange.llm.find_key(self.api_key, self.api_key_env)`",
    )
    def test_given_key_wins(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("A_NAMED_KEY", _NAMED_KEY)
        given, named = {self._field(): _OTHER_KEY}, {f"{self._field()}_env": "A_NAMED_KEY"}
        cases: list[tuple[str, dict[str, Any]]] = [(_OTHER_KEY, given)]
        if self.has_field(f"{self._field()}_env"):
            cases += [(_NAMED_KEY, named), (_OTHER_KEY, given | named)]
        for key, fields in cases:
            self.script.play(GOOD)
            self.answer(STRUCTURED, self.make(**fields))
            if key not in (self.arrived().key or ""):
                broken(f"the provider did not get the right key with {' and '.join(fields)}")

    @rule(
        "missing-key",
        "Without a key, `preflight` and `complete` raise an LLMBackendError of kind "
        "'not-configured' that names the variable to set, and nothing is sent.",
        "look for the key first, and raise the error in both",
    )
    def test_missing_key(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.delenv(self._variable())
        backend: Any = made("without_key", self.without_key)
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
        for backend in (self.make(), self._with_key(KEY)):
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
        self._variable()
        self.script.play(turn)
        error = self.outcome(STRUCTURED, self.once())
        if not isinstance(error, BaseException):  # which breaks another rule
            _check("the result", repr(error))
            return
        _check("the message", str(error))
        _check("the fields", repr(vars(error)))
        # The caller's frames, which are pytest's, are not the backend's.
        trace = traceback.TracebackException.from_exception(error, capture_locals=True)
        _check("the traceback", "".join(trace.format()))
        if error.__cause__ is not None or error.__context__ is not None:
            broken(f"the error leads to {type(error.__cause__ or error.__context__).__name__}")

    @rule(
        "no-escaped-key",
        "No key shows in an error in another spelling either: as JSON, HTML or a URL escape it.",
        _RUN + ", which knows each of these; put no key into a message yourself",
    )
    @pytest.mark.parametrize("spelling", _SPELLINGS)
    def test_no_escaped_key(self, spelling: str, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(self._variable(), _ODD_KEY)
        shown = _SPELLINGS[spelling]
        for turn in (Turn(f"wrong key: {shown}", status=401), Turn(f"I refuse {shown}")):
            self.script.play(turn)
            error = self.outcome(STRUCTURED, self.once())
            text = f"{error} {vars(error)!r}" if isinstance(error, BaseException) else repr(error)
            for name, each in _SPELLINGS.items():
                if each in text or each.replace("\\", "\\\\") in text:
                    broken(f"the key stands in the error, as {name} write it")

    @rule("no-key-in-replies", "No key shows in a result that repeats it.", _RUN)
    def test_no_key_in_replies(self) -> None:
        self._variable()
        self.script.play(Turn(f"Your key is {KEY}."))
        _check("the result", repr(self.answer(PLAIN)))

    @rule(
        "no-key-in-logs",
        "No key shows in a log, at any level.",
        "log nothing, and silence the client library that does",
    )
    def test_no_key_in_logs(self, caplog: pytest.LogCaptureFixture) -> None:
        self._variable()
        backend = self.make()
        with caplog.at_level(logging.DEBUG):
            self.script.play(Turn(OBJECT_TEXT))
            self.answer(STRUCTURED, backend)
            self.script.play(Turn(f"wrong key {KEY}", status=401))
            self.outcome(STRUCTURED, backend)
        _check("the log", caplog.text + repr([record.args for record in caplog.records]))

    @rule("no-key-in-events", "No key shows in an event.", _RUN)
    def test_no_key_in_events(self) -> None:
        self._variable()
        seen: list[object] = []
        with recording(lambda step, data: seen.append((step, dict(data)))):
            for turn in (Turn(f'["{KEY}"]'), Turn(f"busy, {KEY}", status=503, retry_after=0)):
                self.script.play(turn, GOOD)
                self.outcome(STRUCTURED, self.make())  # an error, where nothing is asked again
        _check("the events", json.dumps(seen))

    @rule(
        "no-key-in-pickles",
        "A backend that holds a key refuses to be pickled, and names the field to use instead.",
        _MARKED,
    )
    def test_no_key_in_pickles(self) -> None:
        pickled = b""
        with suppress(Exception):  # what cannot be pickled at all breaks another rule
            pickled = pickle.dumps(self.make())
        if KEY.encode() in pickled:
            broken("the key of the variable stands in the pickle")
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
            untestable(
                "the test class sets no `key_variable`; where there is no key at all, declare this "
                "rule in `not_covered`"
            )
        return self.key_variable

    def _field(self) -> str:
        """The field that holds a key: the one that is marked, or else the one of the usual name."""
        backend: Any = self.make()
        fields = dataclasses.fields(backend) if dataclasses.is_dataclass(backend) else ()
        names = [field.name for field in fields if is_secret(field)]
        if not names and not self.has_field("api_key"):
            broken(
                "no field is marked as a secret; where a key is never given as a field, declare "
                "this rule in `not_covered`"
            )
        return names[0] if names else "api_key"

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
        before, found, after = text.partition(key)
        if found:
            around = f"{before[-250:]}<THE KEY>{after[:100]}".replace(key, "<THE KEY>")
            broken(f"the key stands in {what}: {around!r}")
