from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
import respx
from named_wires import PROMPT, SCHEMA, SYSTEM, WIRES, Wire

from openrange import LLMBackendError, LLMRequest

PLAIN = LLMRequest(PROMPT, system=SYSTEM)
STRUCTURED = LLMRequest(PROMPT, system=SYSTEM, json_schema=SCHEMA)
LISBON = {"city": "Lisbon"}
OBJECT = json.dumps(LISBON)


@dataclass(frozen=True)
class Broken:
    """A reply that breaks the rule, and what is said of it."""

    text: str | None
    kind: str
    words: str

    def __str__(self) -> str:
        return repr(self.text)


BROKEN = (
    Broken(None, "empty", "the reply is empty"),
    Broken("", "empty", "the reply is empty"),
    Broken("I would rather talk of the sea.", "not-json", "the reply is not JSON"),
    Broken('["Lisbon"]', "not-json", "not a JSON object but a list"),
    Broken("null", "not-json", "not a JSON object but null"),
    Broken('{"city": NaN}', "not-json", "NaN is not a JSON number"),
    Broken('{"city": "Lis', "not-json", "the reply is not JSON"),
    Broken('{"city": 5}', "nonconforming", '$.city: 5 is not of type "string"'),
    Broken("{}", "nonconforming", '"city" is a required property'),
    Broken('{"city": "Lisbon", "x": 1}', "nonconforming", "'x' was unexpected"),
)

# What a tool is called with for want of anything else: its API makes an object of it.
NO_FIELDS = next(broken for broken in BROKEN if broken.text == "{}")

CONFORMING = (
    f"```json\n{OBJECT}\n```",
    f"Sure! Here it is: {OBJECT} Tell me if you need more.",
    f"<think>Is it {{Oslo}}?</think>\n{OBJECT}",
    json.dumps(OBJECT),
)


@pytest.fixture(params=WIRES, ids=str)
def wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Wire:
    named: Wire = request.param
    monkeypatch.setenv(*named.variable)
    return named


@pytest.fixture
def answer(wire: Wire, providers: respx.MockRouter) -> Callable[[Any], None]:
    def respond(document: Any) -> None:
        providers.post(wire.url).respond(json=document)

    return respond


def failure(
    wire: Wire, request: LLMRequest = STRUCTURED, status: int | None = None
) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        wire.make().complete(request)
    error = caught.value
    assert len(str(error)) <= 500
    assert "\n" not in str(error)
    assert error.__context__ is None
    assert error.status == status
    return error


@pytest.mark.parametrize("broken", BROKEN, ids=str)
def test_a_broken_reply_is_named(wire: Wire, broken: Broken, answer: Callable[[Any], None]) -> None:
    answer(wire.reply(broken.text))
    error = failure(wire)
    if not broken.text and wire.gives_objects:
        broken = NO_FIELDS
    assert error.kind == broken.kind, str(error)
    assert broken.words in str(error)


@pytest.mark.parametrize("text", CONFORMING)
def test_an_object_is_found_wherever_it_stands(
    wire: Wire, text: str, answer: Callable[[Any], None]
) -> None:
    answer(wire.reply(text))
    assert wire.make().complete(STRUCTURED).parsed_json == LISBON


@pytest.mark.parametrize("text", [None, "", "{}", '{"city": "Lis', OBJECT])
def test_a_structured_reply_that_was_cut_off_names_the_limit_to_raise(
    wire: Wire, text: str | None, answer: Callable[[Any], None]
) -> None:
    answer(wire.reply(text, end=wire.cut))
    error = failure(wire)
    assert error.kind == "truncated", str(error)
    assert "raise max_tokens in extra_params" in str(error)


def test_a_plain_reply_that_was_cut_off_names_the_limit_to_raise(
    wire: Wire, answer: Callable[[Any], None]
) -> None:
    answer((wire.plain or wire.reply)("Lisb", end=wire.cut))
    error = failure(wire, PLAIN)
    assert error.kind == "truncated", str(error)
    assert "raise max_tokens in extra_params" in str(error)


@pytest.mark.parametrize("wire", [wire for wire in WIRES if wire.withheld], ids=str, indirect=True)
@pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
def test_a_reply_that_was_withheld_says_by_what(
    wire: Wire, request_: LLMRequest, answer: Callable[[Any], None]
) -> None:
    assert wire.withheld is not None
    answer((wire.plain or wire.reply)(None, end=wire.withheld))
    error = failure(wire, request_)
    assert error.kind == "filtered", str(error)
    assert wire.withheld in str(error)


@pytest.mark.parametrize(
    "wire", [wire for wire in WIRES if wire.carries_thought], ids=str, indirect=True
)
def test_an_object_in_the_reasoning_is_found(wire: Wire, answer: Callable[[Any], None]) -> None:
    answer((wire.plain or wire.reply)("", thought=f"So: {OBJECT}"))
    assert wire.make().complete(STRUCTURED).parsed_json == LISBON


@pytest.mark.parametrize(
    "wire", [wire for wire in WIRES if wire.carries_thought], ids=str, indirect=True
)
def test_thoughts_without_an_object_leave_a_reply_empty(
    wire: Wire, answer: Callable[[Any], None]
) -> None:
    answer((wire.plain or wire.reply)("", thought="Hm."))
    assert failure(wire).kind == "empty"


def test_an_error_in_the_place_of_a_reply_is_told(
    wire: Wire, answer: Callable[[Any], None]
) -> None:
    answer({"error": {"message": "No capacity today.", "type": "overloaded", "code": 503}})
    error = failure(wire, status=503)
    assert error.kind == "server", str(error)
    assert "No capacity today" in str(error)


@pytest.mark.parametrize("document", [{}, [], None, "no", {"choices": []}, {"choices": None}])
def test_a_response_that_is_none_is_told(
    wire: Wire, document: Any, answer: Callable[[Any], None]
) -> None:
    answer(document)
    error = failure(wire)
    assert error.kind in ("empty", "server"), str(error)
