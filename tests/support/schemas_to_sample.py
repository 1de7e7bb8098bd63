"""Schemas by name: those of which there must be samples, and those of which there are none."""

from __future__ import annotations

from typing import Any

from jsonschema.validators import Draft202012Validator, validator_for
from referencing import Registry

Json = dict[str, Any]

DRAFT_3 = "http://json-schema.org/draft-03/schema#"
DRAFT_4 = "http://json-schema.org/draft-04/schema#"
DRAFT_6 = "http://json-schema.org/draft-06/schema#"
DRAFT_7 = "http://json-schema.org/draft-07/schema#"
DRAFT_2019 = "https://json-schema.org/draft/2019-09/schema"


def it(schema: object, **keywords: object) -> Json:
    """An object whose one required member, `it`, conforms to `schema`."""
    return {"type": "object", "properties": {"it": schema}, "required": ["it"], **keywords}


def conforms(value: object, schema: Json) -> bool:
    draft: Any = validator_for(schema, default=Draft202012Validator)
    checker = draft(schema, registry=Registry(), format_checker=draft.FORMAT_CHECKER)
    return bool(checker.is_valid(value))


TREE = {
    "$ref": "#/$defs/node",
    "$defs": {
        "node": {
            "type": "object",
            "properties": {
                "name": {"type": "string"},
                "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            },
            "required": ["name", "children"],
        }
    },
}
EXPRESSION = {
    **it({"$ref": "#/$defs/expression"}),
    "$defs": {
        "expression": {"anyOf": [{"$ref": "#/$defs/sum"}, {"$ref": "#/$defs/literal"}]},
        "sum": {
            "type": "object",
            "properties": {
                "left": {"$ref": "#/$defs/expression"},
                "right": {"$ref": "#/$defs/expression"},
            },
            "required": ["left", "right"],
            "additionalProperties": False,
        },
        "literal": {"type": "integer"},
    },
}
CAT = {
    "type": "object",
    "properties": {"kind": {"const": "cat"}, "lives": {"type": "integer", "minimum": 1}},
    "required": ["kind", "lives"],
}
DOG = {
    "type": "object",
    "properties": {"kind": {"const": "dog"}, "tricks": {"type": "array", "minItems": 1}},
    "required": ["kind", "tricks"],
}
BY_KIND = {
    "if": {"properties": {"kind": {"const": "river"}}},
    "then": {"required": ["length"]},
    "else": {"required": ["height"]},
    "properties": {
        "kind": {"enum": ["river", "hill"]},
        "length": {"type": "integer"},
        "height": {"type": "number"},
    },
    "required": ["kind"],
}

SAMPLED: dict[str, Json] = {
    # objects
    "nothing demanded": {},
    "a bare object": {"type": "object"},
    "object or null at the root": {"type": ["object", "null"]},
    "no additional members": it({"type": "string"}, additionalProperties=False),
    "required but not declared": {"type": "object", "required": ["left", "right"]},
    "additional members of a type": {"additionalProperties": {"type": "integer"}},
    "a member that may not be there": {
        "properties": {"gone": False, "here": {"type": "string"}},
        "required": ["here"],
    },
    # lists of values
    "enum": it({"enum": ["red", 7, None, {"deep": [1]}]}),
    "enum that the type narrows": it({"type": "string", "enum": [1, "one", None]}),
    "enum at the root": {"enum": [3, {"a": 1}, {"b": 2}]},
    "const": it({"const": {"nested": [True, None]}}),
    "const false is not zero": it({"const": False, "type": "boolean"}),
    # strings
    "any string": it({"type": "string"}),
    "an empty string": it({"type": "string", "maxLength": 0}),
    "one character": it({"type": "string", "minLength": 1, "maxLength": 1}),
    "three characters": it({"type": "string", "minLength": 3, "maxLength": 3}),
    "an exact middling length": it({"type": "string", "minLength": 37, "maxLength": 37}),
    "a paragraph": it({"type": "string", "minLength": 150, "maxLength": 400}),
    "a long text without a limit": it({"type": "string", "minLength": 900}),
    "pattern": it({"type": "string", "pattern": "^[A-Z]{2}-[0-9]{4}$"}),
    "pattern and length": it({"pattern": "^[a-z]+$", "type": "string", "maxLength": 4}),
    "pattern without anchors, and length": it(
        {"type": "string", "pattern": "[0-9]{2}", "minLength": 30, "maxLength": 60}
    ),
    "pattern of a slug": it({"type": "string", "pattern": "^[a-z0-9]+(-[a-z0-9]+)*$"}),
    "pattern with a back reference": it({"type": "string", "pattern": "^(ab|cd)_\\1$"}),
    "pattern with a negated class": it({"type": "string", "pattern": "^[^a-z\\s]{5}$"}),
    "pattern with a lookahead": it({"type": "string", "pattern": "^(?!a)[ab]{3}$"}),
    "pattern with many repetitions": it({"type": "string", "pattern": "^a{200,}$"}),
    "pattern over all of Unicode": it({"type": "string", "pattern": "^[\\u0020-\\U0010ffff]+$"}),
    "format and length": it({"type": "string", "format": "email", "maxLength": 14}),
    "format and a least length": it({"type": "string", "format": "email", "minLength": 50}),
    "format and pattern": it({"type": "string", "format": "date", "pattern": "^20[01]"}),
    "a format that nobody knows": it({"type": "string", "format": "favourite-colour"}),
    # numbers
    "integer": it({"type": "integer"}),
    "integer within limits": it({"type": "integer", "minimum": -3, "maximum": -1}),
    "integer between exclusive limits": it(
        {"type": "integer", "exclusiveMinimum": 4, "exclusiveMaximum": 6}
    ),
    "integer below zero": it({"type": "integer", "exclusiveMaximum": 0}),
    "integer with fractional limits": it({"type": "integer", "minimum": 1.5, "maximum": 2.5}),
    "integer of a fractional step": it({"type": "integer", "multipleOf": 1.5, "minimum": 1}),
    "number": it({"type": "number"}),
    "number in a narrow gap": it(
        {"type": "number", "exclusiveMinimum": 0.001, "exclusiveMaximum": 0.0011}
    ),
    "number that is given": it({"type": "number", "minimum": 2.5, "maximum": 2.5}),
    "number of a decimal step": it(
        {"type": "number", "multipleOf": 0.25, "minimum": 5, "maximum": 6}
    ),
    "large number": it({"type": "number", "minimum": 1e300}),
    # the other scalars
    "boolean": it({"type": "boolean"}),
    "null": it({"type": "null"}),
    "one of several types": it({"type": ["integer", "null", "array"]}),
    "keywords without a type": it({"minimum": 3, "maxLength": 5}),
    # arrays
    "array of anything": it({"type": "array"}),
    "array of a length": it({"type": "array", "minItems": 3, "maxItems": 3, "items": {}}),
    "array that is empty": it({"type": "array", "items": False}),
    "tuple": it(
        {"type": "array", "prefixItems": [{"type": "string"}, {"const": 1}], "minItems": 2}
    ),
    "tuple and nothing else": it(
        {"type": "array", "prefixItems": [{"type": "null"}], "items": False, "minItems": 1}
    ),
    # combinations
    "anyOf": it({"anyOf": [{"type": "string", "maxLength": 2}, {"type": "integer"}]}),
    "anyOf with a dead branch": it({"anyOf": [False, {"enum": []}, {"type": "boolean"}]}),
    "oneOf that overlaps": it(
        {"oneOf": [{"type": "integer"}, {"type": "number", "minimum": 50, "maximum": 90}]}
    ),
    "oneOf by a constant": it({"oneOf": [CAT, DOG]}),
    "anyOf at the root": {"type": "object", "anyOf": [CAT, DOG]},
    "anyOf of required members": {
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer"}},
        "anyOf": [{"required": ["a"]}, {"required": ["b"]}],
        "additionalProperties": False,
    },
    "allOf": it({"allOf": [{"minLength": 5}, {"maxLength": 8}, {"type": "string"}]}),
    "allOf that forbids what the other side adds": {
        "allOf": [it({}, additionalProperties=False), {"properties": {"other": {}}}],
    },
    # references
    "$ref to $defs": {**it({"$ref": "#/$defs/a"}), "$defs": {"a": {"type": "integer"}}},
    "$ref to definitions": {
        **it({"$ref": "#/definitions/a~1b%20c"}),
        "definitions": {"a/b c": {"const": 5}},
    },
    "$ref with keywords beside it": {
        **it({"$ref": "#/$defs/a", "maxLength": 3}),
        "$defs": {"a": {"type": "string", "minLength": 3}},
    },
    "$ref to a property": {
        "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/properties/a"}},
        "required": ["b"],
    },
    "a tree": TREE,
    "expressions": EXPRESSION,
    "a linked list": {
        "type": "object",
        "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["next"],
    },
    # older drafts
    "draft 7 ignores what stands beside $ref": {
        "$schema": DRAFT_7,
        **it({"$ref": "#/definitions/a", "type": "string"}),
        "definitions": {"a": {"type": "integer"}},
    },
    **{
        f"format {name}": it({"type": "string", "format": name})
        for name in (
            *("date", "time", "date-time", "duration", "email", "hostname", "ipv4", "ipv6"),
            *("uri", "uri-reference", "uuid"),
        )
    },
}

REFUSED: dict[str, tuple[str, Json]] = {
    "a least number of members": ("minProperties", {"type": "object", "minProperties": 4}),
    "a greatest number of members": (
        "maxProperties",
        {
            "properties": {name: {"type": "null"} for name in "abcdef"},
            "required": ["b"],
            "maxProperties": 2,
        },
    ),
    "members by pattern alone": (
        "minProperties",
        {
            "type": "object",
            "patternProperties": {"^x-[a-z]{3}$": {"type": "boolean"}},
            "additionalProperties": False,
            "minProperties": 2,
        },
    ),
    "a declared member that matches a pattern too": (
        "patternProperties",
        {
            "properties": {"x-size": {"type": "number"}},
            "patternProperties": {"^x-": {"minimum": 10, "maximum": 12}},
            "required": ["x-size"],
        },
    ),
    "names by pattern": (
        "minProperties",
        {"propertyNames": {"pattern": "^[A-Z]{4}$"}, "minProperties": 3},
    ),
    "names from a list": (
        "minProperties",
        {
            "propertyNames": {"enum": ["north", "south", "east"]},
            "additionalProperties": {"type": "boolean"},
            "minProperties": 3,
        },
    ),
    "dependentRequired": (
        "dependentRequired",
        {
            "properties": {"card": {"type": "string"}},
            "required": ["card"],
            "dependentRequired": {"card": ["address"], "address": ["city"]},
        },
    ),
    "dependentSchemas": (
        "dependentSchemas",
        {
            "properties": {"card": {"type": "string"}},
            "required": ["card"],
            "dependentSchemas": {
                "card": {"properties": {"pin": {"type": "integer"}}, "required": ["pin"]}
            },
        },
    ),
    "unevaluatedProperties": (
        "unevaluatedProperties",
        {
            "allOf": [it({"type": "string"})],
            "properties": {"more": {"type": "integer"}},
            "unevaluatedProperties": False,
        },
    ),
    "two patterns": (
        "pattern",
        it({"allOf": [{"pattern": "^a"}, {"pattern": "z$"}], "type": "string"}),
    ),
    "multiple of two steps": (
        "multipleOf",
        it({"type": "integer", "allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "minimum": 1}),
    ),
    "unique elements of a short list": (
        "uniqueItems",
        it(
            {
                "type": "array",
                "items": {"enum": list("abcdefg")},
                "uniqueItems": True,
                "minItems": 7,
            }
        ),
    ),
    "many unique texts": (
        "uniqueItems",
        it({"type": "array", "items": {"type": "string"}, "uniqueItems": True, "minItems": 120}),
    ),
    "contains": (
        "contains",
        it({"type": "array", "items": {"type": "integer"}, "contains": {"const": 42}}),
    ),
    "contains several": (
        "contains",
        it({"type": "array", "contains": {"type": "boolean"}, "minContains": 3, "maxContains": 3}),
    ),
    "contains at the front": (
        "contains",
        it(
            {
                "type": "array",
                "prefixItems": [{"type": ["string", "integer"]}, {"type": "null"}],
                "items": False,
                "contains": {"type": "integer"},
                "minItems": 2,
            }
        ),
    ),
    "contains none": (
        "contains",
        it({"type": "array", "contains": {"type": "null"}, "minContains": 0}),
    ),
    "unevaluatedItems": (
        "unevaluatedItems",
        it({"type": "array", "prefixItems": [{"type": "string"}], "unevaluatedItems": False}),
    ),
    "oneOf that something else decides": (
        "properties",
        it({"oneOf": [CAT, DOG], "properties": {"kind": {"const": "dog"}}}),
    ),
    "allOf of objects": (
        "properties",
        {
            "allOf": [it({"type": "string"}), {"properties": {"it": {"maxLength": 3}}}],
        },
    ),
    "allOf of enums": ("enum", it({"allOf": [{"enum": [1, 2, 3]}, {"enum": [3, 4]}]})),
    "not a type": ("not", it({"not": {"type": ["string", "object"]}})),
    "not some values": (
        "not",
        it({"type": "integer", "minimum": 1, "maximum": 4, "not": {"enum": [1, 3]}}),
    ),
    "not a member": ("not", {"properties": {"a": {}, "b": {}}, "not": {"required": ["a"]}}),
    "if, then, else": ("else", it(BY_KIND)),
    "if and then alone": (
        "if",
        {
            **it({"enum": [1, 2]}),
            "if": {"properties": {"it": {"const": 1}}},
            "then": {"required": ["more"]},
        },
    ),
    "$ref to an anchor": (
        "$ref",
        {
            **it({"$ref": "#here"}),
            "$defs": {"a": {"$anchor": "here", "type": "boolean"}},
        },
    ),
    "$ref to an $id": (
        "$ref",
        {
            "$id": "https://example.com/root",
            **it({"$ref": "part"}),
            "$defs": {"a": {"$id": "https://example.com/part", "type": "null"}},
        },
    ),
    "$dynamicRef to its only anchor": (
        "$dynamicRef",
        {
            **it({"$dynamicRef": "#node"}),
            "$defs": {"a": {"$dynamicAnchor": "node", "type": "integer"}},
        },
    ),
    "draft 4 exclusive limits": (
        "draft-04",
        it(
            {"type": "integer", "minimum": 1, "exclusiveMinimum": True, "maximum": 2},
            **{"$schema": DRAFT_4},
        ),
    ),
    "draft 4 knows no const": (
        "draft-04",
        it({"type": "integer", "const": "x"}, **{"$schema": DRAFT_4}),
    ),
    "draft 6 contains": (
        "draft-06",
        it({"type": "array", "contains": {"type": "null"}}, **{"$schema": DRAFT_6}),
    ),
    "draft 7 tuple": (
        "additionalItems",
        it(
            {
                "type": "array",
                "items": [{"type": "integer"}, {"type": "string"}],
                "additionalItems": False,
                "minItems": 2,
            },
            **{"$schema": DRAFT_7},
        ),
    ),
    "draft 7 dependencies": (
        "dependencies",
        {
            "$schema": DRAFT_7,
            "type": "object",
            "required": ["a"],
            "dependencies": {
                "a": ["b"],
                "b": {"properties": {"c": {"const": 1}}, "required": ["c"]},
            },
        },
    ),
    "draft 2019-09 $recursiveRef": (
        "$recursiveRef",
        {
            "$schema": DRAFT_2019,
            "type": "object",
            "properties": {"next": {"$recursiveRef": "#"}, "n": {"type": "integer"}},
            "required": ["n"],
        },
    ),
}
"""What is not served, by the word that the refusal names."""

IMPOSSIBLE: dict[str, Json] = {
    "an empty enum": {"enum": []},
    "a root that is a constant text": {"const": "text"},
    "a root of another type": {"type": "array"},
    "a root that is not anything": {"not": {}},
    "a minimum above the maximum": it({"type": "integer", "minimum": 2, "maximum": 1}),
    "exclusive limits that leave nothing": it(
        {"type": "integer", "exclusiveMinimum": 1, "exclusiveMaximum": 2}
    ),
    "a number that cannot be a multiple": it(
        {"type": "number", "multipleOf": 10, "minimum": 1, "maximum": 9}
    ),
    "a required member that is false": it(False),
    "a required name that propertyNames forbids": it({}, propertyNames={"maxLength": 1}),
    "a required name beyond the declared": {"required": ["a"], "additionalProperties": False},
    "more required than allowed": {"required": ["a", "b"], "maxProperties": 1},
    "two types at once": it({"allOf": [{"type": "string"}, {"type": "integer"}]}),
    "enums without a common value": it({"allOf": [{"enum": [1]}, {"enum": [2]}]}),
    "every branch dead": it({"anyOf": [False, {"type": "object", "required": ["a"]}]})
    | {"not": {"required": ["it"]}},
    "oneOf of equals": it({"oneOf": [{"type": "string"}, {"type": "string"}]}),
    "a length above the other": it({"type": "string", "minLength": 3, "maxLength": 2}),
    "a pattern longer than allowed": it({"type": "string", "pattern": "^a{9}$", "maxLength": 5}),
    "a pattern of a million characters": it({"type": "string", "pattern": "^(a{1000}){1000}$"}),
    "a pattern that matches nothing": it({"type": "string", "pattern": "a\\bb"}),
    "a text too long to make": it({"type": "string", "minLength": 10**9}),
    "more unique elements than there are": it(
        {"type": "array", "items": {"type": "boolean"}, "uniqueItems": True, "minItems": 3}
    ),
    "an element that items forbids": it({"type": "array", "items": False, "minItems": 1}),
    "an array too long to make": it({"type": "array", "minItems": 10**9}),
    "arrays of arrays, too many in all": it(
        {"type": "array", "minItems": 999, "items": {"type": "array", "minItems": 999}}
    ),
    "a member of itself": it({"$ref": "#"}),
    "a member of itself, by two ways": it({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
    "an array of itself": it({"type": "array", "minItems": 1, "items": {"$ref": "#"}}),
    "a reference to itself": {"$ref": "#"},
    "a reference to itself, denied": {"not": {"$ref": "#"}},
    "a reference to itself, on a condition": {"if": {"$ref": "#"}, "then": {}},
    "references that double at every step": {
        "$ref": "#/$defs/0",
        "$defs": {str(step): {"allOf": [{"$ref": f"#/$defs/{step + 1}"}] * 2} for step in range(24)}
        | {"24": {"type": "object"}},
    },
    "references in a circle": it({"$ref": "#/$defs/a"})
    | {"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}}},
    "a reference that leads nowhere": it({"$ref": "#/$defs/none"}),
    "a reference to something that is no schema": it({"$ref": "#/required"}),
    "a reference over the network": it({"$ref": "https://example.com/schema.json"}),
    "a reference to a file": it({"$ref": "file:///etc/hostname"}),
    "a type that does not exist": it({"type": "strng"}),
    "a keyword of the wrong type": it({"type": "string", "maxLength": "4"}),
    "a pattern that is no regular expression": it({"type": "string", "pattern": "("}),
    "a pattern in another dialect": it({"type": "string", "pattern": "^\\p{Lu}+$"}),
    "something that is not JSON": it({"const": object()}),
    "a number that is not JSON": it({"const": float("nan")}),
    "an unknown $schema with a broken keyword": {"$schema": "urn:none", "required": "a"},
}
