"""A JSON Schema as a grammar: what it demands of the parts of a value, and when it comes to an end.

Nothing here is random. `openrange.backends.offline.sampler` makes the choices.
"""

from __future__ import annotations

import json
import re
from collections.abc import Container, Iterable, Mapping, Sequence
from typing import Any, TypeAlias

Schema: TypeAlias = Mapping[str, object] | bool

Part: TypeAlias = Mapping[str, object]
"""A schema of which only the keywords count that look at the value itself."""

ENDLESS = 1_000_000
"""The height of a schema to which no value conforms, or none that is flat enough to make."""

# The validator recurses, and beyond Python's limit it does not always fail with an exception. So
# these keep well below: levels of a schema's JSON, and schemas that look at one value, in a row
# and in all.
_MOST_LEVELS = 64
_MOST_IN_A_ROW = 32
_MOST_BESIDE = 5_000

_FUEL = 64  # schemas in a row that `height` follows

REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef")

# Where a schema holds schemas for the same value, and for those within it.
_BESIDE = (
    *("allOf", "anyOf", "oneOf", "not", "if", "then", "else"),
    *("dependentSchemas", "dependencies", "type", "extends", "disallow"),
)
_BELOW = (
    *("properties", "patternProperties", "additionalProperties", "propertyNames"),
    *("items", "prefixItems", "additionalItems", "contains"),
    *("unevaluatedProperties", "unevaluatedItems"),
)
_BY_NAME = ("properties", "patternProperties", "dependentSchemas", "dependencies")

# Keywords that some draft does not know. There, a schema that uses one means nothing by it.
_OF_SOME_DRAFTS = frozenset(
    {
        *("allOf", "anyOf", "const", "contains", "dependencies", "dependentRequired"),
        *("dependentSchemas", "if", "maxProperties", "minProperties", "not", "oneOf"),
        *("prefixItems", "propertyNames", "unevaluatedItems", "unevaluatedProperties"),
        *("$dynamicRef", "$recursiveRef"),
    }
)

# From the flattest to the most nested, with the keywords that hint at each.
_KINDS: dict[str, tuple[str, ...]] = {
    "null": (),
    "boolean": (),
    "integer": (),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "array": ("items", "prefixItems", "minItems", "maxItems", "contains", "uniqueItems"),
    "object": (
        *("properties", "required", "additionalProperties", "patternProperties", "propertyNames"),
        *("minProperties", "maxProperties", "dependentRequired", "dependentSchemas"),
    ),
}

# Keywords that can be met in more than one way.
_CHOICES = (
    *("anyOf", "oneOf", "not", "if", "contains", "uniqueItems", "propertyNames", "disallow"),
    *("patternProperties", "dependencies", "dependentRequired", "dependentSchemas"),
    *("minProperties", "maxProperties", "unevaluatedItems", "unevaluatedProperties"),
)


class Grammar:
    """A schema, ready to grow values from and to check them.

    Args:
        schema: A JSON Schema, of draft 2020-12 unless its `$schema` names another.

    Raises:
        Exception: Of whatever type; the schema is no JSON, no valid schema, nested too deeply, or
            refers to itself without end.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        from jsonschema import validators
        from referencing import Registry
        from referencing.jsonschema import specification_with

        root = json.loads(json.dumps(dict(schema), allow_nan=False))
        if _levels(root) > _MOST_LEVELS:
            raise ValueError(f"it has more than {_MOST_LEVELS} levels")
        draft: Any = validators.validator_for(root, default=validators.Draft202012Validator)
        draft.check_schema(root)
        resource = specification_with(draft.META_SCHEMA["$schema"]).create_resource(root)
        self.root: Part = root
        self._validator = draft(root, registry=Registry(), format_checker=draft.FORMAT_CHECKER)
        self._resolver = Registry().resolver_with_root(resource)
        self._unknown = _OF_SOME_DRAFTS - draft.VALIDATORS.keys()
        # Up to draft 7, what stands beside a reference counts for nothing.
        self._lone_references = "unevaluatedItems" not in draft.VALIDATORS
        self._heights: dict[tuple[int, int], int] = {}
        self.names: Sequence[str] = sorted(self._explored())

    def known(self, schema: Part) -> Part:
        """The keywords of `schema` that its draft heeds."""
        if self._lone_references and "$ref" in schema:
            return {"$ref": schema["$ref"]}
        return {key: value for key, value in schema.items() if key not in self._unknown}

    def target(self, reference: object) -> Schema | None:
        """The schema that a reference leads to; None where it leads nowhere in this document."""
        from referencing.exceptions import Unresolvable

        try:
            found: object = self._resolver.lookup(str(reference)).contents
        except Unresolvable:
            return None
        return found if isinstance(found, (dict, bool)) else None

    def broken(self, value: object, demands: Iterable[Schema]) -> str | None:
        """The keyword by which `value` fails one of the schemas, or None if it meets them all."""
        for schema in demands:
            for error in self._validator.evolve(schema=schema).iter_errors(value):
                return str(error.validator or "false")
        return None

    def height(self, schema: Schema, fuel: int = _FUEL) -> int:
        """How many levels the flattest conforming value has at the least.

        It is a lower bound, since it looks at the keywords one by one. A branch of less height
        is a way out of a recursion, and one that is `ENDLESS` is none.

        Args:
            schema: A part of this grammar's document.
            fuel: How many levels to follow.

        Returns:
            0 for a scalar; `ENDLESS` if there is no such value.
        """
        if isinstance(schema, bool):
            return 0 if schema else ENDLESS
        if fuel == 0:
            return ENDLESS
        # The document outlives this dictionary, so that an id stays that of one schema.
        place = (id(schema), fuel)
        if place not in self._heights:
            self._heights[place] = min(ENDLESS, self._height(self.known(schema), fuel - 1))
        return self._heights[place]

    def _explored(self) -> set[str]:
        """Every name of a member that is spoken of, wherever it stands.

        Raises:
            ValueError: Some value would have to be checked without end.
        """
        measured: dict[int, tuple[int, int]] = {}

        def measure(schema: Schema, before: int) -> tuple[int, int]:
            """How many schemas look at the same value as `schema`: in a row, and in all."""
            if isinstance(schema, bool):
                return 1, 1
            row, total = measured.get(id(schema), (1, 1))
            if id(schema) not in measured and before < _MOST_IN_A_ROW:
                beside = [measure(each, before + 1) for each in self._held(schema, _BESIDE)]
                row += max((row for row, _ in beside), default=0)
                total += sum(total for _, total in beside)
                measured[id(schema)] = row, total
            if before + row > _MOST_IN_A_ROW or total > _MOST_BESIDE:
                raise ValueError("references lead in a circle, or through too many schemas")
            return row, total

        names: set[str] = set()
        reached: set[int] = set()
        coming: list[Schema] = [self.root]
        while coming:
            schema = coming.pop()
            if isinstance(schema, bool) or id(schema) in reached:
                continue
            reached.add(id(schema))
            measure(schema, 0)
            names.update(required([schema]), named(schema, "properties"))
            names.update(named(schema, "dependentRequired"), named(schema, "dependentSchemas"))
            coming += self._held(schema, _BESIDE + _BELOW)
        return names

    def _held(self, schema: Part, keywords: Sequence[str]) -> list[Schema]:
        """The schemas that stand under some keywords of a schema, or that it refers to."""
        part = self.known(schema)
        targets = [self.target(part[keyword]) for keyword in REFERENCES if keyword in part]
        held = [each for each in targets if each is not None]
        for keyword in keywords:
            if keyword in _BY_NAME:
                values = named(part, keyword).values()
                held += [each for each in values if isinstance(each, (dict, bool))]
            else:
                held += schemas(part, keyword)
        return held

    def _height(self, part: Part, fuel: int) -> int:
        if "const" in part or "enum" in part:
            return 0
        below = [self.height(schema, fuel) for schema in schemas(part, "allOf")]
        for keyword in REFERENCES:
            target = self.target(part[keyword]) if keyword in part else None
            below += [] if target is None else [self.height(target, fuel)]
        for keyword in ("anyOf", "oneOf"):
            options = [self.height(schema, fuel) for schema in schemas(part, keyword)]
            below += [min(options)] if options else []
        if part.get("type") == "object":
            for name in required([part]):
                below += [1 + self.height(each, fuel) for each in member([part], name)]
        if part.get("type") == "array" and any(bounds([part], "minItems")):
            below += [1 + self.height(each, fuel) for each in element([part], 0)]
        return max(below, default=0)


def _levels(value: object) -> int:
    levels = 0
    layer = [value]
    while layer:
        levels += 1
        nested = [each for each in layer if isinstance(each, (dict, list))]
        layer = [
            below
            for each in nested
            for below in (each.values() if isinstance(each, dict) else each)
        ]
    return levels


def schemas(part: Part, keyword: str) -> list[Schema]:
    """The schemas that a keyword holds: a list of them in `allOf`, a single one in `then`."""
    held = part.get(keyword)
    several = held if isinstance(held, list) else [held]
    return [each for each in several if isinstance(each, (dict, bool))]


def listed(part: Part) -> list[object] | None:
    """The values to which `const` or `enum` confines; None if there is neither."""
    values = [part["const"]] if "const" in part else part.get("enum")
    return values if isinstance(values, list) else None


def kinds(parts: Sequence[Part]) -> tuple[list[str], list[str]]:
    """The types that all parts allow, flattest first, and those at which their keywords hint."""
    allowed = list(_KINDS)
    for types in [part["type"] for part in parts if "type" in part]:
        names = types if isinstance(types, list) else [types]
        if any(isinstance(name, dict) or name == "any" for name in names):
            continue  # only in draft 3
        names = [*names, "integer"] if "number" in names else names
        allowed = [kind for kind in allowed if kind in names]
    if "number" in allowed:
        allowed.remove("integer")
    used = {keyword for part in parts for keyword in part}
    return allowed, [kind for kind in allowed if not used.isdisjoint(_KINDS[kind])]


def named(part: Part, keyword: str) -> dict[str, Any]:
    """The mapping that a keyword such as `properties` holds."""
    held = part.get(keyword)
    return held if isinstance(held, dict) else {}


def leaves_choice(parts: Sequence[Part]) -> bool:
    """Whether a second try at a value may succeed where the first did not."""
    return not any(isinstance(part.get("type"), str) for part in parts) or any(
        keyword in part for part in parts for keyword in _CHOICES
    )


def bounds(parts: Iterable[Part], keyword: str) -> list[int]:
    """Every bound that a keyword such as `minItems` sets; draft 6 allows 3.0 for 3."""
    held = [part.get(keyword) for part in parts]
    return [int(bound) for bound in held if isinstance(bound, (int, float))]


def required(parts: Iterable[Part]) -> list[str]:
    """The names that an object must have; draft 3 says so in the member's own schema."""
    names: dict[str, None] = {}
    for part in parts:
        given = part.get("required")
        names |= dict.fromkeys(map(str, given)) if isinstance(given, list) else {}
        for name, schema in named(part, "properties").items():
            if isinstance(schema, dict) and schema.get("required") is True:
                names[name] = None
    return list(names)


def member(parts: Sequence[Part], name: str) -> list[Schema]:
    """What an object's parts demand of the member `name`."""
    demands: list[Schema] = []
    for part in parts:
        properties = named(part, "properties")
        own = [properties[name]] if name in properties else []
        patterns = named(part, "patternProperties").items()
        own += [schema for pattern, schema in sorted(patterns) if re.search(pattern, name)]
        demands += own or schemas(part, "additionalProperties")
    return demands or [each for part in parts for each in schemas(part, "unevaluatedProperties")]


def contained(parts: Iterable[Part]) -> list[tuple[Schema, int]]:
    """The schemas that some elements of an array must meet, and how many elements at the least."""
    return [
        (schema, max(bounds([part], "minContains") or [1]))
        for part in parts
        for schema in schemas(part, "contains")
    ]


def entailed(parts: Iterable[Part], names: Container[str]) -> list[tuple[str, object]]:
    """What the presence of some members demands: the name, and a schema or more names."""
    return [
        (name, demand)
        for part in parts
        for keyword in ("dependentRequired", "dependentSchemas", "dependencies")
        for name, demand in sorted(named(part, keyword).items())
        if name in names
    ]


def describes_more(parts: Sequence[Part]) -> bool:
    """Whether anything is said of members beyond those that are declared by name."""
    rests = [part.get("additionalProperties") for part in parts]
    return any("patternProperties" in part for part in parts) or any(
        isinstance(rest, dict) and rest for rest in rests
    )


def element(parts: Sequence[Part], index: int) -> list[Schema]:
    """What an array's parts demand of the element at `index`."""
    demands: list[Schema] = []
    for part in parts:
        tuple_form = isinstance(part.get("items"), list)
        first = schemas(part, "items" if tuple_form else "prefixItems")
        rest = schemas(part, "additionalItems" if tuple_form else "items")
        demands += [first[index]] if index < len(first) else rest
    return demands or [each for part in parts for each in schemas(part, "unevaluatedItems")]
