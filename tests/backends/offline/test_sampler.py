from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from schemas_to_sample import (
    DRAFT_7,
    DRAFT_2019,
    EXPRESSION,
    IMPOSSIBLE,
    REFUSED,
    SAMPLED,
    TREE,
    Json,
    conforms,
    it,
)

from openrange.backends.offline.grammar import CannotSample
from openrange.backends.offline.sampler import sample

SEEDS = [b"", b"one", b"two", b"three", b"\x00\xff", b"a longer seed than the others"]


@pytest.mark.parametrize("name", SAMPLED)
def test_a_sample_conforms_to(name: str) -> None:
    for seed in SEEDS:
        value = sample(SAMPLED[name], seed)
        assert isinstance(value, dict)
        assert conforms(value, SAMPLED[name]), value
        assert json.loads(json.dumps(value, allow_nan=False)) == value


@pytest.mark.parametrize("name", IMPOSSIBLE)
def test_there_is_no_sample_of(name: str, capfd: pytest.CaptureFixture[str]) -> None:
    for seed in SEEDS[:2]:
        with pytest.raises(CannotSample) as caught:
            sample(IMPOSSIBLE[name], seed)
        message = str(caught.value)
        assert message
        assert "\n" not in message
        assert len(message) <= 250
        assert caught.value.__context__ is None
    assert capfd.readouterr() == ("", "")


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_not_served_is_refused_by_name(name: str) -> None:
    word, schema = REFUSED[name]
    for seed in SEEDS[:2]:
        with pytest.raises(CannotSample, match=re.escape(word)):
            sample(schema, seed)


def test_a_keyword_that_is_not_served_is_named_with_its_place() -> None:
    schema = it({"anyOf": [{"type": "null"}, {"not": {"type": "string"}}]})
    with pytest.raises(CannotSample, match=r"^#/properties/it/anyOf/1: the keyword `not` is not"):
        sample(schema, b"seed")


def test_a_name_that_looks_like_a_keyword_is_a_name() -> None:
    assert "not" in sample(
        {"type": "object", "properties": {"not": {"type": "null"}}, "required": ["not"]}, b"seed"
    )


def test_the_examples_of_a_schema_are_preferred_and_drawn_by_the_seed() -> None:
    names = ["Ada", "Ben", "Clara"]
    schema = it({"type": "string", "examples": [*names, 5]})
    drawn = {str(sample(schema, bytes([number]))["it"]) for number in range(50)}
    assert drawn == set(names)


def test_an_example_that_does_not_conform_is_passed_over() -> None:
    assert sample(it({"type": "integer", "minimum": 7, "maximum": 7, "examples": ["x"]}), b"") == {
        "it": 7
    }


def test_a_schema_that_is_nested_without_measure_ends_in_one_error() -> None:
    nested: Json = {}
    for _ in range(400):
        nested = it(nested)
    with pytest.raises(CannotSample):
        sample(nested, b"seed")
    for _ in range(5_000):
        nested = it(nested)
    with pytest.raises(CannotSample):
        sample(nested, b"seed")


def test_the_message_names_the_path() -> None:
    schema = it({"type": "array", "minItems": 1, "items": it({"type": "integer", "enum": []})})
    with pytest.raises(CannotSample, match=r"^\$\.it\[0\]\.it: .*`enum`"):
        sample(schema, b"seed")


def test_the_message_names_the_reference_that_leads_nowhere() -> None:
    with pytest.raises(CannotSample, match=r"https://example\.com"):
        sample(it({"$ref": "https://example.com/schema.json"}), b"seed")


def test_the_same_schema_and_seed_give_the_same_object_in_any_process() -> None:
    script = (
        "import json, sys\n"
        "from openrange.backends.offline.sampler import sample\n"
        "schemas = json.load(sys.stdin)\n"
        "print(json.dumps([sample(schema, b'seed') for schema in schemas]))\n"
    )
    schemas = list(SAMPLED.values())
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            input=json.dumps(schemas),
            env={
                **os.environ,
                "PYTHONHASHSEED": hash_seed,
                "PYTHONPATH": os.pathsep.join(sys.path),
            },
            capture_output=True,
            text=True,
            check=True,
        ).stdout
        for hash_seed in ("0", "1", "12345")
    }
    assert len(outputs) == 1
    assert json.loads(outputs.pop()) == [sample(schema, b"seed") for schema in schemas]


def test_the_order_of_keywords_does_not_matter() -> None:
    for schema in SAMPLED.values():
        in_order = json.loads(json.dumps(schema, sort_keys=True))
        assert sample(in_order, b"seed") == sample(schema, b"seed")


def test_another_seed_gives_another_object() -> None:
    schema = it({"type": "string"}, title="free")
    values = {str(sample(schema, bytes([number]))["it"]) for number in range(50)}
    assert len(values) > 40


def test_a_sample_shares_nothing_with_the_schema_or_the_next_sample() -> None:
    schema = it({"const": {"list": []}})
    first: Any = sample(schema, b"seed")
    first["it"]["list"].append(1)
    assert sample(schema, b"seed") == {"it": {"list": []}}
    assert schema == it({"const": {"list": []}})


def test_members_stand_in_the_order_in_which_they_are_declared() -> None:
    schema = {
        "type": "object",
        "properties": {name: {"type": "integer"} for name in ("title", "body", "author")},
        "required": ["author", "body", "title"],
    }
    assert list(sample(schema, b"seed")) == ["title", "body", "author"]


def test_optional_members_are_mostly_there_and_not_always() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}}
    present = sum("a" in sample(schema, bytes([number])) for number in range(100))
    assert 70 < present < 100


def test_a_short_text_is_a_name_in_title_case() -> None:
    for seed in SEEDS:
        for text in (
            str(sample(it({"type": "string"}), seed)["it"]),
            str(sample(it({"type": "string", "maxLength": 60}), seed)["it"]),
        ):
            words = text.split(" ")
            assert len(words) in (2, 3)
            assert all(word.isalpha() and word.istitle() for word in words)


def test_a_long_text_is_made_of_plain_sentences() -> None:
    for number in range(50):
        text = str(sample(it({"type": "string", "maxLength": 200}), bytes([number]))["it"])
        sentences = text.removesuffix(".").split(". ")
        assert len(sentences) in (1, 2, 3)
        assert all(sentence.startswith("The ") for sentence in sentences)
        assert text.endswith(".")


def test_every_pair_of_lengths_is_met() -> None:
    for shortest in (0, 1, 2, 3, 5, 9, 13, 30, 59, 60, 61, 75, 130):
        for longest in (shortest, shortest + 1, shortest + 7, shortest + 40):
            schema = it({"type": "string", "minLength": shortest, "maxLength": longest})
            for seed in SEEDS:
                text = str(sample(schema, seed)["it"])
                assert shortest <= len(text) <= longest
                assert text == text.strip()


def test_a_pattern_that_a_name_can_meet_gives_a_name() -> None:
    for seed in SEEDS:
        text = str(sample(it({"type": "string", "pattern": "^[a-z]+(-[a-z]+)*$"}), seed)["it"])
        assert all(len(word) >= 3 for word in text.split("-"))


def test_a_recursive_schema_stays_small() -> None:
    for number in range(30):
        assert len(json.dumps(sample(TREE, bytes([number])))) < 20_000
        assert len(json.dumps(sample(EXPRESSION, bytes([number])))) < 20_000


def test_importing_the_sampler_imports_no_validator() -> None:
    script = (
        "import sys; import openrange.backends.offline.sampler\n"
        "print(sorted({'jsonschema_rs', 'rstr'} & sys.modules.keys()))\n"
    )
    result = subprocess.run(
        [sys.executable, "-c", script],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    assert result.stdout.strip() == "[]"


NAMES = st.sampled_from(["a", "b", "c", "x-1"])
SCALARS: st.SearchStrategy[object] = st.sampled_from([None, True, 0, 1, 2.5, "", "a", "amber"])
COUNTS = st.integers(0, 4)
TYPES = ["null", "boolean", "integer", "number", "string", "array", "object"]


def keywords(below: st.SearchStrategy[object]) -> st.SearchStrategy[object]:
    members = st.dictionaries(NAMES, below, max_size=3)
    several = st.lists(below, min_size=1, max_size=3)
    return st.fixed_dictionaries(
        {},
        optional={
            "type": st.one_of(
                st.sampled_from(TYPES),
                st.lists(st.sampled_from(TYPES), min_size=1, max_size=3, unique=True),
            ),
            "enum": st.lists(SCALARS, max_size=4),
            "const": SCALARS,
            "properties": members,
            "required": st.lists(NAMES, max_size=3, unique=True),
            "additionalProperties": below,
            "items": below,
            "prefixItems": several,
            "minItems": COUNTS,
            "maxItems": COUNTS,
            "minLength": COUNTS,
            "maxLength": st.integers(0, 80),
            "pattern": st.sampled_from(["^a", "[0-9]$", "\\W", "^[^ab]+$", "(x|y)+", "^$"]),
            "format": st.sampled_from(["date", "email", "ipv6", "uuid", "regex", "none"]),
            "minimum": st.integers(-5, 5),
            "exclusiveMaximum": st.floats(-5, 5),
            "multipleOf": st.sampled_from([1, 3, 0.5, 0.25]),
            "anyOf": several,
            "oneOf": several,
            "allOf": several,
            "$ref": st.sampled_from(["#", "#/$defs/a", "#/$defs/none", "#/properties/a"]),
        },
    )


SCHEMAS = st.recursive(
    st.one_of(st.booleans(), st.fixed_dictionaries({"type": st.sampled_from(TYPES)})),
    keywords,
    max_leaves=12,
)


@settings(
    max_examples=120,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
@given(
    root=keywords(SCHEMAS),
    shared=SCHEMAS,
    draft=st.sampled_from([None, DRAFT_7, DRAFT_2019]),
    seed=st.binary(max_size=4),
)
def test_whatever_the_schema_a_sample_conforms_or_there_is_none(
    root: Json, shared: object, draft: str | None, seed: bytes
) -> None:
    schema = {**root, "$defs": {"a": shared}, **({} if draft is None else {"$schema": draft})}
    try:
        value = sample(schema, seed)
    except CannotSample:
        return
    assert isinstance(value, dict)
    assert conforms(value, schema)
    assert sample(schema, seed) == value
