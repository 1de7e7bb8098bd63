"""The rules on what is asked, and on what is made of the replies."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import pytest

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest
from openrange.llm.recording import recording
from openrange.llm.schema import violation
from openrange.testing.rules import broken, rule
from openrange.testing.script import Sent, Turn
from openrange.testing.stage import (
    GOOD,
    OBJECT,
    OBJECT_TEXT,
    PLAIN,
    SCHEMA,
    STRUCTURED,
    Stage,
    as_result,
)

_RUN = "answer by way of `openrange.llm.run`, which does this for every backend"

_WRAPPED = {
    "code fence": f"```json\n{OBJECT_TEXT}\n```",
    "thinking": f"<think>A city? {{maybe}}</think>\n{OBJECT_TEXT}",
    "prose": f"Here is the object:\n\n{OBJECT_TEXT}\n\nAnything else?",
}
_DECOY = '{"city": "Bern", "count": 3}'
_THOUGHTS = {
    "think": f"<think>Perhaps {_DECOY}?</think>{OBJECT_TEXT}",
    "end alone": f"Perhaps {_DECOY}?</think>{OBJECT_TEXT}",
    "thought": f"<thought>Perhaps {_DECOY}?</thought>{OBJECT_TEXT}",
    "reasoning": f"<reasoning>{_DECOY}</reasoning>\n{OBJECT_TEXT}",
    "seed": f"<seed:think>{_DECOY}</seed:think>{OBJECT_TEXT}",
    "mistral": f"[THINK]{_DECOY}[/THINK]{OBJECT_TEXT}",
    "kimi": f"\u25c1think\u25b7{_DECOY}\u25c1/think\u25b7{OBJECT_TEXT}",
    "cohere": f"<|START_THINKING|>{_DECOY}<|END_THINKING|>{OBJECT_TEXT}",
    "gemma": f"<|channel>thought\n{_DECOY}<channel|>{OBJECT_TEXT}",
    "harmony": f"<|channel|>analysis<|message|>{_DECOY}<|end|><|start|>assistant"
    f"<|channel|>final<|message|>{OBJECT_TEXT}",
    "aloud": f"At first I thought of {_DECOY}, but it is\n\n{OBJECT_TEXT}",
}
_REFUSED = "this model does not support response_format of type json_schema"
_NONCONFORMING = {
    "prose": "There is no city that I could name.",
    "array": '["Zürich", 7]',
    "number": "7",
    "null": "null",
    "missing property": '{"city": "Zürich"}',
    "wrong type": '{"city": "Zürich", "count": "seven"}',
    "out of bounds": '{"city": "Zürich", "count": 101}',
    "further property": '{"city": "Zürich", "count": 7, "river": "Limmat"}',
    "not a number": '{"city": "Zürich", "count": NaN}',
    "cut off": '{"city": "Zürich", "cou',
    "deep": '{"city": ' + "[" * 100_000,
}
_MALFORMED = {
    "no bytes": b"",
    "a page": b"<html><body>Bad gateway</body></html>",
    "half a document": b'{"choices": [{"mess',
    "another shape": b'{"hello": ["world"]}',
    "a list": b"[]",
    "null": b"null",
    "not text": b"\xff\xfe\x00\x80",
}

_ODD = (None, 5, "odd", ["odd"], {"odd": [1]})


class Replies(Stage):
    """Plain and structured replies, roles, and every kind of broken reply."""

    @rule(
        "plain-text",
        "Without a schema, `text` is the model's text as it is, and `parsed_json` is None.",
        "return `LLMResult(text)`; interpret nothing",
    )
    @pytest.mark.parametrize(
        "text", ["Zürich", '```json\n{"a": 1}\n``` and more', '{"a": 1}', " a\n\n"]
    )
    def test_plain_text(self, text: str) -> None:
        self.script.play(Turn(text))
        result = self.answer(PLAIN)
        if result.text != text:
            broken(f"the model said {text!r}, and `text` is {result.text!r}")
        if result.parsed_json is not None:
            broken(f"`parsed_json` is {result.parsed_json!r}")

    @rule(
        "structured",
        "With a schema, `parsed_json` is an object that conforms to it, and `text` its JSON text.",
        _RUN,
    )
    def test_structured(self) -> None:
        result = self.answer(STRUCTURED)
        if result.parsed_json is None:
            broken("`parsed_json` is None")
        if problem := violation(result.parsed_json, SCHEMA):
            broken(f"`parsed_json` does not conform: {problem}")
        try:
            written = json.loads(result.text)
        except (TypeError, ValueError):
            written = None
        if written != result.parsed_json:
            broken(f"`text` is {result.text!r}, which is not the same object as JSON")

    @rule(
        "the-models-words",
        "The object of a structured result is what the model said, with nothing added or left out.",
        _RUN,
    )
    def test_the_models_words(self) -> None:
        result = self.answer(STRUCTURED)
        if result.parsed_json != OBJECT:
            broken(f"the model said {OBJECT_TEXT}, and `parsed_json` is {result.parsed_json!r}")

    @rule(
        "schema-arrives",
        "The provider gets the schema, by its structured output where it has one, or in words.",
        "send `ask.schema` where it is given, and else `ask.prompt` as it is, which holds the "
        "schema; name in `forms` only those that the provider knows",
    )
    def test_schema_arrives(self) -> None:
        self.answer(LLMRequest("Answer.", None, SCHEMA))
        sent = self.arrived()
        everything = f"{json.dumps(sent.schema)} {sent.system} {sent.prompt}"
        if missing := [part for part in ("city", "count", "integer") if part not in everything]:
            broken(f"of the schema, {', '.join(missing)} did not arrive")

    @rule(
        "system-arrives",
        "The system text and the prompt both arrive, unchanged and in this order.",
        "send `ask.system` and `ask.prompt`, or `ask.as_prompt()` where there are no roles",
    )
    def test_system_arrives(self) -> None:
        self.script.play(Turn("yes"))
        self.answer(LLMRequest("The prompt.", "The system text."))
        sent = self.arrived()
        whole = sent.prompt if sent.system is None else f"{sent.system}\n\n{sent.prompt}"
        if whole != "The system text.\n\nThe prompt.":
            broken(f"system {sent.system!r} and prompt {sent.prompt!r} arrived")

    @rule(
        "roles",
        "A provider that knows roles gets the system text in the system role, and the prompt as "
        "the user's; without a system text there is no system message.",
        "send `openrange.llm.messages(ask)`, or the same in your provider's format",
    )
    def test_roles(self) -> None:
        self.script.play(Turn("yes"))
        self.answer(LLMRequest("The prompt.", "The system text."))
        self.answer(LLMRequest("The prompt."))
        with_system, without = (
            (sent.system, sent.prompt) for sent in (self.arrived(0), self.arrived(1))
        )
        if with_system != ("The system text.", "The prompt."):
            broken(f"system and user got {with_system!r}")
        if without != (None, "The prompt."):
            broken(f"for a request without a system text, system and user got {without!r}")

    @rule(
        "any-text",
        "Any text passes in both directions unchanged: other scripts, quotes, line ends.",
        "encode as UTF-8, build JSON with `json.dumps` and no command line from the prompt",
    )
    def test_any_text(self) -> None:
        text = 'Grüße, "Welt" \\ 日本語 🦜\n\n$HOME %s {0} -- tab\there'
        self.script.play(Turn(text))
        result = self.answer(LLMRequest(text))
        if self.arrived().prompt != text:
            broken(f"{text!r} was asked, and {self.arrived().prompt!r} arrived")
        if result.text != text:
            broken(f"the model said {text!r}, and `text` is {result.text!r}")

    @rule(
        "finds-the-object",
        "An object is found inside a code fence, behind a model's thoughts, and between prose.",
        _RUN,
    )
    @pytest.mark.parametrize("case", _WRAPPED)
    def test_finds_the_object(self, case: str) -> None:
        self.script.play(Turn(_WRAPPED[case]))
        result = self.answer(STRUCTURED)
        if result.parsed_json != OBJECT:
            broken(f"of the reply {_WRAPPED[case]!r} it made {result.parsed_json!r}")

    @rule(
        "thoughts",
        "An object among a model's thoughts is never taken for its answer, whatever marks they "
        "stand in; of several objects that conform, the last one counts.",
        _RUN + "; give what the model thought, where it stands apart, as `thoughts` of the `Reply`",
    )
    @pytest.mark.parametrize("case", _THOUGHTS)
    def test_thoughts(self, case: str) -> None:
        self.script.play(Turn(_THOUGHTS[case]))
        result = self.answer(STRUCTURED)
        if result.parsed_json != OBJECT:
            broken(f"of the reply {_THOUGHTS[case]!r} it made {result.parsed_json!r}")

    @rule(
        "weaker-forms",
        "What the provider refuses by name, such as a schema or the system role, is asked for in "
        "another form.",
        _RUN + "; raise `http_failure(status, message, ...)` with the provider's words, or an "
        "LLMBackendError of kind 'unsupported'",
    )
    @pytest.mark.parametrize("part", ["schema", "system"])
    def test_weaker_forms(self, part: str) -> None:
        said = _REFUSED if part == "schema" else "the system role is not supported"

        def decide(sent: Sent) -> Turn:
            is_there = sent.schema if part == "schema" else "system" in (sent.system or "")
            return Turn(said, status=400) if is_there else GOOD

        self.script.decide(decide)
        result = self.answer(LLMRequest("Name a city.", "The system text.", SCHEMA))
        if result.parsed_json != OBJECT:
            broken(f"of the second reply it made {result.parsed_json!r}")
        last = self.sent[-1]
        if "The system text." not in f"{last.system} {last.prompt}":
            broken("the system text did not arrive with the request that was answered")

    @rule(
        "nonconforming-reply",
        "A reply that does not conform to the schema is an LLMBackendError, and never a result.",
        _RUN,
    )
    @pytest.mark.parametrize("case", _NONCONFORMING)
    def test_nonconforming_reply(self, case: str) -> None:
        self.script.play(Turn(_NONCONFORMING[case]))
        self.failure(STRUCTURED)

    @rule(
        "asks-again",
        "A reply that does not conform is asked for once more, and the second request says what "
        "was wrong; where there is a field `max_reasks`, it says how often.",
        _RUN + "; leave `max_reasks` at 1 or more",
    )
    def test_asks_again(self) -> None:
        self.script.play(Turn('{"city": "Zürich", "count": 7, "river": "Limmat"}'), GOOD)
        result = self.answer(STRUCTURED)
        if result.parsed_json != OBJECT:
            broken(f"after a second, good reply it returned {result.parsed_json!r}")
        if "river" not in self.arrived(1).prompt:
            broken("the second request did not say what was wrong with the first reply")
        for allowed in (0, 2) if self.has_field("max_reasks") else ():
            self.script.play(Turn('["Zürich", 7]'))
            self.failure(STRUCTURED, self.make(max_reasks=allowed))
            if len(self.sent) != allowed + 1:
                broken(f"with max_reasks={allowed}, {len(self.sent)} requests were sent in all")

    @rule(
        "empty-reply",
        "A reply without text is an LLMBackendError.",
        _RUN,
    )
    @pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
    @pytest.mark.parametrize("text", ["", " \n"], ids=["nothing", "blank"])
    def test_empty_reply(self, text: str, request_: LLMRequest) -> None:
        self.script.play(Turn(text))
        self.failure(request_)

    @rule(
        "cut-reply",
        "A reply that hit a limit on tokens is an LLMBackendError, also where its text looks "
        "whole: a truncated answer is no answer.",
        'set `finish="length"` in the `Reply` that `_send` returns',
    )
    @pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
    def test_cut_reply(self, request_: LLMRequest) -> None:
        self.script.play(Turn(OBJECT_TEXT, finish="length"))
        self.failure(request_)

    @rule(
        "withheld-reply",
        "A refusal, and a reply that a content filter withheld, is an LLMBackendError that gives "
        "the provider's words where there are any.",
        'set `finish="refusal"` or `finish="filter"`, and `explanation`, in the `Reply`',
    )
    @pytest.mark.parametrize("finish", ["refusal", "filter"])
    @pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
    def test_withheld_reply(self, request_: LLMRequest, finish: str) -> None:
        words = "I cannot help with bridges"
        self.script.play(Turn(words, finish=finish))  # type: ignore[arg-type]
        error = self.failure(request_)
        if finish == "refusal" and words not in str(error):
            broken(f"the model said {words!r}, and the error {str(error)!r}")

    @rule(
        "malformed-response",
        "A response that breaks the provider's own promises is an LLMBackendError that says so.",
        "expect any JSON, or none, at every place of a response, and raise an LLMBackendError of "
        "kind 'server' for what is not to be expected",
    )
    @pytest.mark.parametrize("case", _MALFORMED)
    def test_malformed_response(self, case: str) -> None:
        self.script.play(Turn(body=_MALFORMED[case]))
        for request in (PLAIN, STRUCTURED):
            _check_it_was_expected(self.failure(request))

    @rule(
        "odd-response",
        "A response that has something odd in one place, such as a number for a text, is still "
        "read, or is an LLMBackendError that says so.",
        "look at the type of what you take from a response, and raise an LLMBackendError of kind "
        "'server' for what is not to be expected",
    )
    def test_odd_response(self) -> None:
        backend = self.once()
        for body in _with_something_odd(self.document_of(GOOD)):
            self.script.play(Turn(body=json.dumps(body).encode()))
            with recording() as recorder:
                outcome = self.outcome(PLAIN, backend)
            if isinstance(outcome, LLMBackendError):
                _check_it_was_expected(outcome)
            elif not isinstance(as_result(outcome).text, str):
                broken(f"of the response {body!r:.300} came the text {as_result(outcome).text!r}")
            for name, count in recorder.usage.to_mapping().items():
                if not isinstance(count, int | float | None):
                    broken(f"of the response {body!r:.300} came the {name} {count!r}")

    @rule(
        "bad-schema",
        "A schema that is no valid JSON Schema is an LLMBackendError as well.",
        _RUN,
    )
    def test_bad_schema(self) -> None:
        schema = {"type": "object", "properties": {"city": {"type": "town"}}}
        self.failure(LLMRequest("Name a city.", None, schema))

    @rule(
        "few-requests",
        "One `complete` sends at most 3 + `max_retries` + `max_reasks` requests.",
        _RUN + "; switch off the retries of a client library",
    )
    @pytest.mark.parametrize(
        "turn",
        [Turn("no"), Turn("busy", status=503, retry_after=0), Turn(drops=True)],
        ids=["nonconforming", "busy", "dropped"],
    )
    def test_few_requests(self, turn: Turn) -> None:
        backend = self.make(max_retries=1)
        allowed = 3 + getattr(backend, "max_retries", 2) + getattr(backend, "max_reasks", 1)
        self.script.play(*[turn] * (allowed + 1), GOOD)  # which ends what would go on and on
        outcome = self.outcome(STRUCTURED, backend)
        if len(self.sent) > allowed:
            broken(f"{len(self.sent)} requests were sent, and {allowed} are allowed")
        if not isinstance(outcome, BaseException):
            broken(f"`complete` returned {outcome!r:.300}, and did not fail")


def _check_it_was_expected(error: LLMBackendError) -> None:
    """What `run` says of a foreign exception is no message for a user."""
    if "failed unexpectedly" in str(error):
        broken(f"nothing was ready for it: {str(error)!r}")


def _with_something_odd(document: object) -> Iterator[object]:
    """A document again and again, each time with an odd value in one place."""
    copied: Any = document
    places: Iterable[Any] = ()
    if isinstance(document, Mapping):
        places = list(document)
    elif isinstance(document, list):
        places = range(len(document))
    for place in places:
        for other in (*_ODD, *_with_something_odd(copied[place])):
            changed = copied.copy()
            changed[place] = other
            yield changed
