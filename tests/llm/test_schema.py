from __future__ import annotations

import copy

import pytest

from openrange.llm import in_words, qualifies_for_strict, violation

STRICT = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "tags": {"type": "array", "items": {"type": "string", "enum": ["a", "b"]}},
        "pet": {"anyOf": [{"$ref": "#/$defs/pet"}, {"type": "null"}]},
    },
    "required": ["name", "tags", "pet"],
    "additionalProperties": False,
    "$defs": {
        "pet": {
            "type": "object",
            "properties": {"kind": {"const": "cat"}},
            "required": ["kind"],
            "additionalProperties": False,
        }
    },
}


def test_a_schema_that_strict_mode_takes_qualifies() -> None:
    assert qualifies_for_strict(STRICT)


@pytest.mark.parametrize(
    "change",
    [
        {"additionalProperties": True},
        {"required": ["name"]},
        {"type": "array"},
        {"anyOf": [{"type": "object"}]},
        {"minProperties": 1},
        {"$schema": "https://json-schema.org/draft/2020-12/schema"},
        {"properties": {**STRICT["properties"], "name": {"type": "string", "maxLength": 3}}},
        {"properties": {**STRICT["properties"], "name": {"type": "object"}}},
        {"properties": {**STRICT["properties"], "name": True}},
        {"$defs": {"pet": {"type": "object", "properties": {}}}},
        {"properties": {**STRICT["properties"], "tags": {"type": "array", "items": {"not": {}}}}},
    ],
    ids=str,
)
def test_a_schema_that_strict_mode_would_refuse_does_not(change: dict[str, object]) -> None:
    assert not qualifies_for_strict({**copy.deepcopy(STRICT), **change})


def test_a_violation_names_the_path() -> None:
    schema = {"type": "object", "properties": {"a": {"items": {"type": "integer"}}}}
    assert violation({"a": [1, 2]}, schema) is None
    assert violation({"a": [1, "two"]}, schema) == "$.a[1]: 'two' is not of type 'integer'"


def test_a_remote_reference_is_never_fetched() -> None:
    schema = {"type": "object", "$ref": "http://127.0.0.1:1/schema.json"}
    assert "refers to something outside" in str(violation({}, schema))


def test_an_invalid_schema_is_named_as_such() -> None:
    assert "schema itself is invalid" in str(violation({}, {"type": "nonsense"}))


def test_a_schema_that_refers_to_itself_for_ever_does_not_hang() -> None:
    assert violation({}, {"$ref": "#"}) == "it is nested too deeply to check"


def test_the_words_for_a_prompt_hold_the_whole_schema() -> None:
    assert in_words({"type": "object", "title": "Größe"}).endswith(
        '{"type":"object","title":"Größe"}'
    )
