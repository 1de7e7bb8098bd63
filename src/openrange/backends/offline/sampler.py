"""Samples of a JSON Schema: objects that conform to it, made without a model.

A sample grows from the schema by seeded choices, and the validator has the last word on it.
"""

from __future__ import annotations

import copy
import random
from collections.abc import Iterator, Mapping

from openrange.backends.offline.grammar import (
    ENDLESS,
    CannotSample,
    Grammar,
    Part,
    Schema,
    dead_end,
    element,
    kinds,
    member,
    merged,
)
from openrange.backends.offline.numbers import evenly_spaced
from openrange.backends.offline.texts import formatted, key, matching, pleasant

# How likely an optional member is: attempts take turns.
_CHANCES = (0.9, 0.5, 0.0, 1.0)
_ATTEMPTS = 20
_WORK = 12_000  # values that all attempts together may make
_DEEPEST = 24  # levels that a sample may have
_DEEP = 6  # from this level on, only what must be there is made
_AMPLE = 300  # the same, once an attempt has made so many values
_TRIES = 8  # for one value, where there is a choice
_LARGEST = 2_000  # elements of an array
_LONGEST = 100_000  # characters
_TELLING = 0.85  # how often something is preferred to null


def sample(schema: Mapping[str, object], seed: bytes) -> dict[str, object]:
    """Make an object that conforms to a schema, of its `examples` where it has some.

    It serves the drafts 7, 2019-09 and 2020-12, in the keywords that structured output of
    providers knows: types, `enum`, `const`, `properties`, `required`, `additionalProperties`,
    `items`, `prefixItems`, lengths, bounds, `multipleOf`, `pattern`, `format`, `anyOf`, `oneOf`,
    `allOf` of parts that speak of different things, and a `$ref` within the document.

    Args:
        schema: A JSON Schema.
        seed: What the choices depend on. The same schema and seed give the same object, in any
            process.

    Returns:
        An object that the validator accepts, formats included.

    Raises:
        CannotSample: Nothing conforms to the schema, nothing was found in a bounded search, or the
            schema demands what is not served, which is named.
    """
    grammar, left = Grammar(schema), _WORK
    reason = ""
    for attempt in range(_ATTEMPTS):
        growth = _Growth(grammar, seed, attempt, left)
        try:
            value = growth.value({**grammar.root, "type": "object"}, 0, "$")
        except CannotSample as error:
            reason = str(error)
        else:
            if isinstance(value, dict) and grammar.conforms(value, grammar.root):
                return value
            reason = "$: no object was found that keeps all that is demanded of it together"
        left -= growth.made
        if left <= 0:
            break
    raise CannotSample(reason)


class _Growth:
    """One attempt at a sample, with the state that it needs: chance, and a count of its work."""

    def __init__(self, grammar: Grammar, seed: bytes, attempt: int, work: int) -> None:
        self.grammar = grammar
        self.rng = random.Random(seed + bytes([attempt]))  # noqa: S311  reproducible on purpose
        self.often = _CHANCES[attempt % len(_CHANCES)]
        self.work = work
        self.made = 0

    def value(self, schema: Schema, depth: int, path: str) -> object:
        """A value that is made to conform to a schema."""
        if depth > _DEEPEST:
            raise dead_end(path, f"nested more than {_DEEPEST} levels deep")
        part = self.grammar.part(schema, path)
        for _ in range(_TRIES):
            self.made += 1
            if self.made > self.work:
                raise dead_end(path, "gave up after too many values")
            value = self.grown(part, depth, path)
            if "oneOf" not in part or self.grammar.conforms(value, part):
                return value
        raise dead_end(path, "found no value that keeps `oneOf`")

    def grown(self, part: Part, depth: int, path: str) -> object:
        fitting = [each for each in part.get("examples", ()) if self.grammar.conforms(each, part)]
        if fitting:
            return copy.deepcopy(self.rng.choice(fitting))
        for choice in ("anyOf", "oneOf"):
            if choice in part:
                branch = self.branch(part[choice], depth, path, choice)
                rest = {keyword: held for keyword, held in part.items() if keyword != choice}
                both = [self.grammar.part(branch, path), rest]
                return self.grown(merged(both, path), depth, path)
        if "const" in part or "enum" in part:
            options = [part["const"]] if "const" in part else part["enum"]
            fitting = [each for each in options if self.grammar.conforms(each, part)]
            if not fitting:
                raise dead_end(path, "no value of `enum` or `const` conforms to the rest")
            return copy.deepcopy(self.rng.choice(fitting))
        match self.kind(part, depth):
            case "object":
                return self.members(part, depth, path)
            case "array":
                return self.elements(part, depth, path)
            case "string":
                return self.string(part, path)
            case "integer" | "number" as kind:
                return self.number(part, path, whole=kind == "integer")
            case "boolean":
                return self.chance(0.5)
        return None

    def branch(self, options: list[Schema], depth: int, path: str, keyword: str) -> Schema:
        heights = [self.grammar.height(each) for each in options]
        least = min(heights)
        if least >= ENDLESS:
            raise dead_end(path, f"`{keyword}` has no branch to which anything conforms")
        highest = least if self.is_deep(depth) else ENDLESS - 1
        fitting = [each for each, height in zip(options, heights, strict=True) if height <= highest]
        telling = [each for each in fitting if each != {"type": "null"}]
        return self.rng.choice(telling if telling and self.chance(_TELLING) else fitting)

    def kind(self, part: Part, depth: int) -> str:
        allowed = kinds(part)
        if self.is_deep(depth):
            return allowed[-1]
        telling = [kind for kind in allowed if kind != "null"]
        return self.rng.choice(telling if telling and self.chance(_TELLING) else allowed)

    def string(self, part: Part, path: str) -> str:
        shortest, longest = part.get("minLength", 0), part.get("maxLength")
        if shortest > _LONGEST or (longest is not None and shortest > longest):
            raise dead_end(path, f"`minLength` is above `maxLength`, or above {_LONGEST}")
        demanded = [each for each in ("format", "pattern") if each in part]
        rule = {"type": "string", "minLength": shortest} | {
            each: part[each] for each in ("maxLength", *demanded) if each in part
        }
        for text in self.texts(part, int(shortest), longest):
            if self.grammar.conforms(text, rule):
                return text
        raise dead_end(path, f"found no text that keeps `{' and '.join(demanded)}`")

    def texts(self, part: Part, shortest: int, longest: int | None) -> Iterator[str]:
        if "format" in part:
            for text in formatted(self.rng, part["format"]):
                yield from (text, "a" * (shortest - len(text)) + text)
        if "pattern" in part:
            yield from matching(self.rng, part["pattern"], shortest, longest)
        yield pleasant(self.rng, shortest, longest)

    def number(self, part: Part, path: str, *, whole: bool) -> int | float:
        first, step, count = evenly_spaced(part, whole=whole)
        if count == 0:
            raise dead_end(path, "no number is between `minimum` and `maximum`")
        number = first + self.rng.randrange(count) * step
        return int(number) if number.denominator == 1 else float(number)

    def elements(self, part: Part, depth: int, path: str) -> list[object]:
        least, most = int(part.get("minItems", 0)), int(part.get("maxItems", _LARGEST))
        if least > most or least > _LARGEST:
            raise dead_end(path, f"`minItems` is above `maxItems`, or above {_LARGEST}")
        count = least
        if self.is_optional(depth):
            items = part.get("items")
            first = items if isinstance(items, list) else part.get("prefixItems", ())
            usual = max(least + 3, len(first))
            count = self.rng.randint(min(max(least, 1), most), min(usual, most))
        array: list[object] = []
        for index in range(count):
            try:
                array.append(self.value(element(part, index), depth + 1, f"{path}[{index}]"))
            except CannotSample:
                if index < least:
                    raise
                break
        return array

    def members(self, part: Part, depth: int, path: str) -> dict[str, object]:
        declared = part.get("properties", {})
        needed = set(part.get("required", ()))
        names = sorted({*declared, *needed})
        names = [name for name in names if name in needed or self.is_optional(depth)]
        if part.get("additionalProperties") not in (None, True, False) and self.is_optional(depth):
            names += [key(self.rng) for _ in range(self.rng.randint(1, 3))]
        made: dict[str, object] = {}
        for name in dict.fromkeys(names):
            try:
                made[name] = self.value(member(part, name), depth + 1, f"{path}.{name}")
            except CannotSample:
                if name in needed:
                    raise
        return {name: made[name] for name in [*declared, *made] if name in made}

    def is_deep(self, depth: int) -> bool:
        return depth >= _DEEP or self.made > _AMPLE

    def is_optional(self, depth: int) -> bool:
        """Toss for something that may as well be left out."""
        return not self.is_deep(depth) and self.chance(self.often)

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability
