from __future__ import annotations

import json
from typing import Any

import pytest
import respx
from openrange_litellm import LiteLLMBackend
from openrange_litellm.references import without_references
from provider_replies import ANTHROPIC, SECRET

from openrange import LLMRequest

PLACE = {"type": "object", "properties": {"street": {"type": "string"}}, "description": "Where."}


def with_place(**properties: object) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "$defs": {"place": PLACE}}


def test_a_reference_is_replaced_by_what_it_refers_to() -> None:
    schema = with_place(home={"$ref": "#/$defs/place"}, name={"type": "string"})
    assert without_references(schema) == {
        "type": "object",
        "properties": {"home": PLACE, "name": {"type": "string"}},
    }


def test_references_are_followed_wherever_a_schema_may_stand() -> None:
    reference = {"$ref": "#/$defs/place"}
    places = {"anyOf": [reference, {"items": reference}], "additionalProperties": reference}
    assert without_references(with_place(places=places)) == {
        "type": "object",
        "properties": {
            "places": {"anyOf": [PLACE, {"items": PLACE}], "additionalProperties": PLACE}
        },
    }


def test_a_reference_may_lead_to_another_and_through_escapes() -> None:
    schema = {
        "properties": {"a": {"$ref": "#/$defs/one~1two%20three"}},
        "$defs": {"one/two three": {"$ref": "#/definitions/b"}},
        "definitions": {"b": {"const": 1}},
    }
    assert without_references(schema) == {"properties": {"a": {"const": 1}}}


def test_what_stands_beside_a_reference_is_kept() -> None:
    described = {"$ref": "#/$defs/place", "description": "Home."}
    narrowed = {"$ref": "#/$defs/place", "type": "object", "required": ["street"]}
    expanded = without_references(with_place(a=described, b=narrowed))
    assert expanded is not None
    assert expanded["properties"] == {
        "a": {**PLACE, "description": "Home."},
        "b": {"allOf": [PLACE, {"type": "object", "required": ["street"]}]},
    }


def test_names_and_data_are_not_taken_for_keywords() -> None:
    schema = {
        "properties": {"$ref": {"type": "string"}, "$defs": {"type": "string"}, "enum": {}},
        "enum": [{"$ref": "#/nowhere", "$defs": {}}],
    }
    assert without_references(schema) == schema


@pytest.mark.parametrize(
    "schema",
    [
        {"properties": {"child": {"$ref": "#"}}},
        {"$ref": "#/$defs/a", "$defs": {"a": {"items": {"$ref": "#/$defs/a"}}}},
        {"$ref": "#/$defs/missing"},
        {"$ref": "https://example.com/schema"},
        {"items": {"$dynamicRef": "#node"}},
        {"items": {"$id": "https://example.com/x", "$ref": "#/$defs/y"}, "$defs": {"y": {}}},
        {"items": {"$id": "https://example.com/x", "type": "string"}},
    ],
    ids=str,
)
def test_what_cannot_be_replaced_makes_no_schema(schema: dict[str, Any]) -> None:
    assert without_references(schema) is None


def test_a_schema_whose_references_would_be_damaged_is_sent_in_words(
    providers: respx.MockRouter,
) -> None:
    schema = {
        "type": "object",
        "properties": {"child": {"$ref": "#/$defs/node"}},
        "$defs": {"node": {"properties": {"child": {"$ref": "#/$defs/node"}}}},
    }
    providers.post().respond(200, json=ANTHROPIC.reply("{}"))
    llm = LiteLLMBackend("anthropic/claude-3-haiku-20240307", SECRET)
    assert llm.complete(LLMRequest("Where?", json_schema=schema)).parsed_json == {}
    sent = json.loads(providers.calls.last.request.content)
    assert json.dumps(schema, separators=(",", ":")) in sent["messages"][-1]["content"][-1]["text"]
    assert "$ref" not in json.dumps(sent.get("tools"))
