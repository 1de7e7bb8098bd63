from __future__ import annotations

import copy

import pytest

from openrange.llm import as_instruction, qualifies_for_strict, violation
from openrange.llm.schema import without_examples

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
    assert violation({"a": [1, "two"]}, schema) == '$.a[1]: "two" is not of type "integer"'


def test_a_remote_reference_is_never_fetched() -> None:
    schema = {"type": "object", "$ref": "http://127.0.0.1:1/schema.json"}
    assert "refers to something outside" in str(violation({}, schema))


def test_an_invalid_schema_is_named_as_such() -> None:
    assert "schema itself is invalid" in str(violation({}, {"type": "nonsense"}))


def test_a_schema_that_refers_to_itself_for_ever_does_not_hang() -> None:
    assert violation({}, {"$ref": "#"}) is None


def test_a_value_that_is_nested_without_measure_is_not_judged() -> None:
    nested: dict[str, object] = {}
    for _ in range(200_000):
        nested = {"a": nested}
    schema = {"properties": {"a": {"$ref": "#"}}}
    assert violation(nested, schema) == "it is nested too deeply to check"


def test_of_a_choice_the_problem_is_that_of_the_branch_that_came_the_furthest() -> None:
    pet = {"type": "object", "properties": {"age": {"type": "integer"}}, "required": ["age"]}
    schema = {"properties": {"pet": {"anyOf": [{"type": "string"}, pet]}}}
    found = violation({"pet": {"age": "old"}}, schema)
    assert found == '$.pet.age: "old" is not of type "integer"'


def test_a_text_that_no_encoding_can_carry_is_judged_like_another() -> None:
    schema = {"properties": {"a": {"maxLength": 2, "pattern": "^x"}}, "additionalProperties": False}
    assert violation({"a": "x\ud800"}, schema) is None
    assert str(violation({"a": "x\ud800\ud800"}, schema)).startswith("$.a: ")
    assert str(violation({"b": "\ud800"}, schema)).startswith("$: Additional properties")


def test_a_pattern_may_name_classes_of_unicode() -> None:
    schema = {"properties": {"a": {"pattern": r"^\p{Lu}\p{Ll}+$"}}}
    assert violation({"a": "Ärger"}, schema) is None
    assert "$.a: " in str(violation({"a": "ärger"}, schema))


def test_a_schema_of_an_unknown_draft_is_no_valid_one() -> None:
    schema = {"$schema": "https://example.com/of-our-own", "type": "object"}
    assert "https://example.com/of-our-own" in str(violation({}, schema))


def test_what_the_providers_do_not_get_is_the_keyword_and_no_name_like_it() -> None:
    text = {"type": "string", "examples": ["a"]}
    plain = {"type": "string"}
    schema = {
        "type": "object",
        "properties": {"examples": text, "enum": {"enum": [{"examples": 1}]}},
        "$defs": {"examples": {"anyOf": [text, {"items": text}]}},
        "examples": [{}],
    }
    assert without_examples(schema) == {
        "type": "object",
        "properties": {"examples": plain, "enum": {"enum": [{"examples": 1}]}},
        "$defs": {"examples": {"anyOf": [plain, {"items": plain}]}},
    }


def test_the_words_for_a_prompt_hold_the_whole_schema() -> None:
    assert as_instruction({"type": "object", "title": "Größe"}).endswith(
        '{"type":"object","title":"Größe"}'
    )
