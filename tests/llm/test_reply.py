from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from openrange.errors import LLMBackendError
from openrange.llm import parse_json_object, read_object, violation

SCHEMA = {
    "type": "object",
    "properties": {"name": {"type": "string"}, "age": {"type": "integer", "minimum": 0}},
    "required": ["name", "age"],
    "additionalProperties": False,
}
GOOD = {"name": "Ada", "age": 36}
TEXT = json.dumps(GOOD)


@pytest.mark.parametrize(
    "reply",
    [
        TEXT,
        f"  \n{TEXT}\n",
        f"\ufeff{TEXT}",
        f"```json\n{TEXT}\n```",
        f"```\n{TEXT}\n```",
        f"Here you are:\n```json\r\n{TEXT}\r\n```\nAnything else?",
        f"Sure! {TEXT} Hope this helps.",
        f'<think>maybe {{"name": 1}}?</think>{TEXT}',
        f'<think>{{"name": "Eve", "age": 1}}</think>\n```json\n{TEXT}\n```',
        f"the opening tag was cut</think>{TEXT}",
        json.dumps(TEXT),
        f'First {{"name": "x"}}, and then {TEXT}.',
        f"{{not json}} {TEXT}",
        f"{{{{ {TEXT}",
    ],
)
def test_the_object_is_found_wherever_it_stands(reply: str) -> None:
    text, value = read_object(reply, SCHEMA)
    assert value == GOOD
    assert json.loads(text) == GOOD


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        ("", "empty", "empty"),
        (" \n\t", "empty", "empty"),
        ("I would rather not.", "not-json", "not JSON"),
        ("[1, 2]", "not-json", "a list"),
        ("null", "not-json", "null"),
        ("true", "not-json", "a boolean"),
        ('"text"', "not-json", "a string"),
        (TEXT[:-1], "not-json", "not JSON"),
        ('{"name": "Ada", "age": NaN}', "not-json", "NaN"),
        ('{"name": "Ada", "age": Infinity}', "not-json", "Infinity"),
        ('{"name": "Ada", "age": 1e999}', "not-json", "too large"),
        ('{"name": "Ada", "age": -1}', "nonconforming", "$.age"),
        ('{"name": "Ada"}', "nonconforming", '"age" is a required property'),
        ('{"name": "Ada", "age": 3, "x": 1}', "nonconforming", "'x' was unexpected"),
        ('{"name": "Ada", "age": "36"}', "nonconforming", "$.age"),
        ('prose {"name": 7, "age": 3} prose', "nonconforming", "$.name"),
    ],
)
def test_a_reply_without_a_conforming_object_says_which_thing_it_is(
    reply: str, kind: str, says: str
) -> None:
    with pytest.raises(LLMBackendError) as caught:
        read_object(reply, SCHEMA)
    assert caught.value.kind == kind
    assert says in str(caught.value)


@pytest.mark.parametrize(
    "reply",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"name":' * 40_000 + "1" + "}" * 40_000,
        "{" * 2_000_000,
        '{"a":1} ' * 200_000,
        "x" * 10_000_000,
        '{"name": "' + "x" * 9_999_990,
        "```json\n" * 200_000,
        "<think>" * 250_000,
        "</think>{" * 200_000,
        "1" * 100_000,
        '{"age": ' + "1" * 10_000 + "}",
    ],
    ids=lambda reply: f"{reply[:12]}… {len(reply)}",
)
def test_a_hostile_reply_ends_soon_in_the_one_exception(reply: str) -> None:
    started = time.monotonic()
    with pytest.raises(LLMBackendError) as caught:
        read_object(reply, SCHEMA)
    assert len(str(caught.value)) < 500
    assert time.monotonic() - started < 30  # a hang, and not a slow machine, is what fails here


def test_deep_nesting_is_refused_where_the_schema_would_allow_it() -> None:
    deep = '{"a":' * 65 + "1" + "}" * 65
    with pytest.raises(LLMBackendError, match="deeper than 64"):
        read_object(deep, {"type": "object"})
    assert read_object('{"a":' * 60 + "1" + "}" * 60, {"type": "object"})


def test_parse_json_object_takes_one_object_and_nothing_else() -> None:
    assert parse_json_object(TEXT) == GOOD
    for bad in ("", "[]", f"```json\n{TEXT}\n```", TEXT + "x", '{"a": NaN}'):
        with pytest.raises(LLMBackendError):
            parse_json_object(bad)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)
WRAPPINGS = st.sampled_from(
    ["{}", "```json\n{}\n```", "<think>hm</think>{}", "So: {} .", '"{}"', "{}{}", "[{}", "{}}}"]
)


@st.composite
def mutated_replies(draw: st.DrawFn) -> str:
    value = draw(JSON | st.fixed_dictionaries({"name": st.text(), "age": st.integers()}))
    text = draw(WRAPPINGS).replace("{}", json.dumps(value))
    for _ in range(draw(st.integers(0, 3))):
        at = draw(st.integers(0, len(text)))
        text = text[:at] + draw(st.text(max_size=3)) + text[at + draw(st.integers(0, 3)) :]
    return text


@settings(max_examples=300, deadline=None)
@given(mutated_replies())
def test_the_reader_returns_what_conforms_or_raises_the_one_exception(reply: str) -> None:
    try:
        text, value = read_object(reply, SCHEMA)
    except LLMBackendError as error:
        assert error.kind in ("empty", "not-json", "nonconforming")
    else:
        assert violation(value, SCHEMA) is None
        assert json.loads(text) == value


LEAVES = st.sampled_from(
    [
        {"type": "string"},
        {"type": "integer", "minimum": 0},
        {"type": ["number", "null"]},
        {"type": "boolean"},
        {"enum": ["a", 1, None]},
        {"const": "Ada"},
        {"$ref": "#/$defs/node"},
        {"$ref": "http://127.0.0.1:1/remote.json"},
        True,
        False,
    ]
)
SCHEMAS = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.builds(lambda s: {"type": "array", "items": s, "maxItems": 3}, inner),
        st.builds(lambda a, b: {"anyOf": [a, b]}, inner, inner),
        st.builds(
            lambda named: {"type": "object", "properties": named, "required": [*named][:1]},
            st.dictionaries(st.sampled_from(["name", "age", "x"]), inner, max_size=3),
        ),
    ),
    max_leaves=6,
)


@settings(max_examples=300, deadline=None)
@given(mutated_replies(), st.dictionaries(st.sampled_from(["name", "age", "x"]), SCHEMAS))
def test_whatever_the_schema_what_is_returned_conforms(
    reply: str, properties: dict[str, object]
) -> None:
    schema = {
        "type": "object",
        "properties": properties,
        "required": [*properties][:1],
        "$defs": {"node": {"type": "object", "properties": {"x": {"$ref": "#/$defs/node"}}}},
    }
    try:
        text, value = read_object(reply, schema)
    except LLMBackendError as error:
        assert error.kind in ("empty", "not-json", "nonconforming")
    else:
        assert violation(value, schema) is None
        assert json.loads(text) == value


@pytest.mark.parametrize("word", ["<analysis>", "</think>", "<answer>", "[THINK]", "<response>x"])
@pytest.mark.parametrize("frame", ["```json\n{}\n```", "Here it is:\n{}", "<think>hm</think>{}"])
def test_what_looks_like_a_mark_in_an_object_is_a_part_of_it(word: str, frame: str) -> None:
    told = json.dumps({"name": f"use {word} tags", "age": 3})
    text, found = read_object(frame.replace("{}", told), SCHEMA)
    assert (text, found["name"]) == (told, f"use {word} tags")
