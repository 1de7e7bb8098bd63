"""A JSON Schema as a grammar: what is served of it, where it leads, and parts of it made one.

Nothing here is random. `openrange.backends.offline.sampler` makes the choices.
"""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias
from urllib.parse import unquote

from openrange.llm.schema import invalid

if TYPE_CHECKING:
    from jsonschema_rs import Validator

Schema: TypeAlias = Mapping[str, Any] | bool
Part: TypeAlias = dict[str, Any]
"""The keywords that count for one value, once references and `allOf` are followed."""

ENDLESS = 1_000
"""The height of a schema to which no value conforms, or none that is flat enough to make."""

_DRAFTS = ("draft-07/schema", "draft/2019-09/schema", "draft/2020-12/schema")
_MOST_FOLLOWED = 200  # schemas that look at one value
_FUEL = 24  # schemas in a row that `height` follows

# Keywords that demand what is not made here; whatever else is unknown demands nothing.
_NOT_SERVED = frozenset(
    {
        *("not", "if", "then", "else", "dependencies", "dependentRequired", "dependentSchemas"),
        *("patternProperties", "propertyNames", "minProperties", "maxProperties"),
        *("contains", "minContains", "maxContains", "uniqueItems", "additionalItems"),
        *("unevaluatedItems", "unevaluatedProperties", "$dynamicRef", "$recursiveRef"),
    }
)
_TO_THE_WHOLE = re.compile(r'"\$ref": "#(?!/(\$defs|definitions)/)')
_BY_NAME = frozenset({"properties", "$defs", "definitions"})
_SEVERAL = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SINGLE = frozenset({"items", "additionalProperties"})

# Whatever a schema says of these, no two parts of one contradict each other by it.
_SAYS_NOTHING = frozenset(
    {
        *("$schema", "$id", "$anchor", "$comment", "$defs", "definitions", "title"),
        *("description", "default", "deprecated", "readOnly", "writeOnly"),
    }
)


class CannotSample(Exception):  # noqa: N818  callers turn it into the error that fits them
    """No value was found that conforms; the message names the path or keyword in one line."""


def dead_end(path: str, why: str) -> CannotSample:
    """The error of a place for which there is no value."""
    place = path if len(path) <= 60 else f"{path[:59]}…"
    return CannotSample(" ".join(f"{place}: {why}".split())[:200])


class Grammar:
    """A schema, ready to grow values from and to check them.

    Args:
        schema: A JSON Schema of draft 7, 2019-09 or 2020-12; the last, unless `$schema` says.

    Raises:
        CannotSample: It is no valid schema, is of another draft, or demands what is not served.
    """

    def __init__(self, schema: Mapping[str, object]) -> None:
        if problem := invalid(schema):
            raise CannotSample(f"the schema is not usable: {problem}")
        self.root: Part = json.loads(json.dumps(dict(schema)))
        draft = str(self.root.get("$schema", _DRAFTS[-1])).removesuffix("#")
        if not draft.endswith(_DRAFTS):
            raise CannotSample(f"the schema is of a draft that is not served: {draft[:80]}")
        # Up to draft 7, what stands beside a reference counts for nothing.
        self._lone_references = draft.endswith(_DRAFTS[0])
        self._heights: dict[tuple[int, int], int] = {}
        for path, found in _schemas(self.root, "#"):
            if unserved := sorted(_NOT_SERVED & found.keys()):
                raise CannotSample(f"{path}: the keyword `{unserved[0]}` is not served")

    def conforms(self, value: object, part: Part) -> bool:
        """Whether a value is one that a part of the schema describes, formats included.

        Of a part that refers to the whole it is not known, and only the whole can tell.
        """
        kept = ("$schema", "$defs", "definitions")
        within = {keyword: self.root[keyword] for keyword in kept if keyword in self.root}
        text = json.dumps({**within, **part}, sort_keys=True)
        return (part is not self.root and _TO_THE_WHOLE.search(text) is not None) or _judge(
            text
        ).is_valid(value)

    def part(self, schema: Schema, path: str) -> Part:
        """What a schema demands of a value, with references and `allOf` followed.

        Args:
            schema: A schema of this grammar's document.
            path: Where the value is, for the error.

        Returns:
            The keywords, of which `anyOf` and `oneOf` are still a choice.

        Raises:
            CannotSample: There is no such value, or what is demanded is not served.
        """
        parts: list[Part] = []
        waiting: list[tuple[Schema, tuple[int, ...]]] = [(schema, ())]
        for _ in range(_MOST_FOLLOWED):
            if not waiting:
                return merged(parts, path)
            found, above = waiting.pop()
            if isinstance(found, bool):
                if not found:
                    raise dead_end(path, "the schema `false` allows no value")
                continue
            if "$ref" in found:
                target = self.target(found["$ref"], path)
                if id(target) in above:
                    break
                waiting.append((target, (*above, id(target))))
                if self._lone_references:
                    continue
            waiting += [(each, above) for each in found.get("allOf", ())]
            parts.append({k: v for k, v in found.items() if k not in ("$ref", "allOf")})
        raise dead_end(path, "references lead in a circle, or through too many schemas")

    def target(self, reference: str, path: str) -> Schema:
        """The schema that a reference leads to."""
        found: Any = self.root
        if reference != "#" and not reference.startswith("#/"):
            raise dead_end(path, f"`$ref` leads nowhere that is served: {reference}")
        for step in reference.split("/")[1:]:
            name = unquote(step).replace("~1", "/").replace("~0", "~")
            if isinstance(found, list) and name.isdecimal() and int(name) < len(found):
                found = found[int(name)]
            else:
                found = found.get(name) if isinstance(found, dict) else None
        if not isinstance(found, dict | bool):
            raise dead_end(path, f"`$ref` leads nowhere: {reference}")
        return found

    def height(self, schema: Schema, fuel: int = _FUEL) -> int:
        """How many levels the flattest conforming value has at the least.

        A branch of less height is a way out of a recursion, and one that is `ENDLESS` is none.

        Args:
            schema: A schema of this grammar's document.
            fuel: How many schemas to follow in a row.

        Returns:
            0 for a scalar; `ENDLESS` if there is no such value.
        """
        if isinstance(schema, bool) or fuel == 0:
            return 0 if schema is True else ENDLESS
        # The document outlives this dictionary, so that an id stays that of one schema.
        place = (id(schema), fuel)
        if place not in self._heights:
            self._heights[place] = self._height(schema, fuel)
        return self._heights[place]

    def _height(self, schema: Schema, fuel: int) -> int:
        try:
            part = self.part(schema, "")
        except CannotSample:
            return ENDLESS
        if "const" in part or "enum" in part:
            return 0
        below = [
            min(self.height(each, fuel - 1) for each in part[choice])
            for choice in ("anyOf", "oneOf")
            if choice in part
        ]
        if kinds(part)[0] == "object":
            names = part.get("required", ())
            below += [1 + self.height(member(part, name), fuel - 1) for name in names]
        elif kinds(part)[0] == "array" and part.get("minItems", 0) > 0:
            below.append(1 + self.height(element(part, 0), fuel - 1))
        return min(ENDLESS, max(below, default=0))


@functools.lru_cache(maxsize=256)
def _judge(text: str) -> Validator:
    import jsonschema_rs

    return jsonschema_rs.validator_for(json.loads(text), offline=True, validate_formats=True)


def _schemas(schema: object, path: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Every schema in a document, with its place."""
    if not isinstance(schema, dict):
        return
    yield path, schema
    for keyword, held in schema.items():
        below: Mapping[Any, object] = {}
        if keyword in _BY_NAME:
            below = held
        elif keyword in _SEVERAL or (keyword in _SINGLE and isinstance(held, list)):
            below = dict(enumerate(held))
        elif keyword in _SINGLE:
            yield from _schemas(held, f"{path}/{keyword}")
        for name, each in below.items():
            yield from _schemas(each, f"{path}/{keyword}/{name}")


def merged(parts: Sequence[Part], path: str) -> Part:
    """Several parts as one, which may not speak of the same thing.

    Args:
        parts: What is demanded of one value.
        path: Where the value is, for the error.

    Returns:
        All keywords. Of `examples`, those of the first part that has some.

    Raises:
        CannotSample: Two parts say something different by one keyword.
    """
    whole: Part = {}
    for keyword, held in ((k, part[k]) for part in parts for k in sorted(part)):
        if keyword in _SAYS_NOTHING:
            continue
        if keyword not in whole or keyword == "examples":
            whole.setdefault(keyword, held)
        elif keyword == "required":
            whole[keyword] = sorted({*whole[keyword], *held})
        elif keyword == "properties" and not whole[keyword].keys() & held.keys():
            whole[keyword] = whole[keyword] | held
        elif whole[keyword] != held:
            raise dead_end(path, f"two schemas that both say `{keyword}` are not served")
    return whole


_HINTS: dict[str, tuple[str, ...]] = {
    "object": ("properties", "required", "additionalProperties"),
    "array": ("items", "prefixItems", "minItems", "maxItems"),
    "string": ("minLength", "maxLength", "pattern", "format"),
    "number": ("minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"),
}


def kinds(part: Part) -> list[str]:
    """The types that a value may have, the plainest last; where none is named, one that is hinted.

    Args:
        part: What is demanded of it.

    Returns:
        At least one name of a type.
    """
    if "type" in part:
        named = part["type"]
        return [named] if isinstance(named, str) else sorted(named, key=_PLAINNESS.index)
    return [kind for kind, hints in _HINTS.items() if not part.keys().isdisjoint(hints)] or [
        "string"
    ]


_PLAINNESS = ("object", "array", "string", "number", "integer", "boolean", "null")


def member(part: Part, name: str) -> Schema:
    """What an object demands of a member."""
    properties: Mapping[str, Schema] = part.get("properties", {})
    rest: Schema = part.get("additionalProperties", True)
    return properties.get(name, rest)


def element(part: Part, index: int) -> Schema:
    """What an array demands of an element."""
    items: Any = part.get("items", True)
    first: Sequence[Schema] = items if isinstance(items, list) else part.get("prefixItems", ())
    if index < len(first):
        return first[index]
    rest: Schema = True if isinstance(items, list) else items
    return rest
