"""Samples of a JSON Schema: objects that conform to it, made without a model.

A sample grows from the schema by seeded choices, and the validator of `jsonschema` has the last
word on every value in it. What the schema demands of one value may stand in many places (behind
`allOf`, a `$ref`, the chosen branch of an `anyOf`): these are gathered into a list of *parts*, and
the value is made to fit all of them.
"""

from __future__ import annotations

import copy
import json
import random
import re
from collections.abc import Iterator, Mapping, Sequence

from openrange.backends.offline.grammar import (
    ENDLESS,
    REFERENCES,
    Grammar,
    Part,
    Schema,
    bounds,
    contained,
    describes_more,
    element,
    entailed,
    kinds,
    leaves_choice,
    listed,
    member,
    named,
    required,
    schemas,
)
from openrange.backends.offline.numbers import progression
from openrange.backends.offline.texts import formatted, key, matching, pleasant


class CannotSample(Exception):  # noqa: N818  callers turn it into the error that fits them
    """No value was found that conforms; the message names the path or keyword in one line."""


# How likely an optional member is, near the root and further down: attempts take turns.
_CHANCES = ((0.9, 0.5), (0.5, 0.5), (0.0, 0.0), (1.0, 1.0))
_ATTEMPTS = 20
_TAME = 4  # attempts that add nothing of which the schema does not speak
_WORK = 6_000  # values that one attempt may make
_ALL_WORK = 12_000  # values that all attempts together may make
_DEEPEST = 24  # levels that a sample may have
_SHALLOW = 3  # levels that count as near the root
_DEEP = 7  # from this level on, only what must be there is made
_AMPLE = 300  # the same, once an attempt has made so many values
_TRIES = 8  # for one value, where there is a choice
_LARGEST = 2_000  # elements of an array, or members of an object
_LONGEST = 100_000  # characters
_TELLING = 0.85  # how often something is preferred to null
_HINTED = 0.97  # how often keywords decide the type, where no `type` does


def sample(schema: Mapping[str, object], seed: bytes) -> dict[str, object]:
    """Make an object that conforms to a schema.

    Args:
        schema: A JSON Schema, of draft 2020-12 unless its `$schema` names another. A reference
            that leads out of it is never fetched.
        seed: What the choices depend on. The same schema and seed give the same object, in any
            process.

    Returns:
        An object that the validator of `jsonschema` accepts, formats included.

    Raises:
        CannotSample: Nothing conforms to the schema, or nothing was found in a bounded search.
    """
    try:
        grammar = Grammar(schema)
    except BaseException as error:  # noqa: BLE001  `_excused` lets through what is not ours
        reason = f"the schema is not usable: {_excused(error)}"
    else:
        left = _ALL_WORK
        for attempt in range(_ATTEMPTS):
            growth = _Growth(grammar, seed, attempt, min(left, _WORK))
            outcome = _grown(growth)
            if isinstance(outcome, dict):
                return outcome
            reason = outcome
            left -= growth.made
            if left <= 0:
                break
    raise CannotSample(reason)


def _grown(growth: _Growth) -> dict[str, object] | str:
    """An object, or the reason why this attempt found none."""
    try:
        value = growth.value([growth.grammar.root, {"type": "object"}], 0, "$")
    except CannotSample as dead_end:
        return str(dead_end)
    except BaseException as error:  # noqa: BLE001  `_excused` lets through what is not ours
        return f"$: the schema cannot be followed: {_excused(error)}"
    return value if isinstance(value, dict) else "$: `type` allows no object"


class _Growth:
    """One attempt at a sample, with the state that it needs: chance, and a count of its work."""

    def __init__(self, grammar: Grammar, seed: bytes, attempt: int, work: int) -> None:
        self.grammar = grammar
        self.rng = random.Random(seed + bytes([attempt]))  # noqa: S311  reproducible on purpose
        self.chances = _CHANCES[attempt % len(_CHANCES)]
        self.tame = attempt < _TAME
        self.work = work
        self.made = 0

    def value(self, demands: Sequence[Schema], depth: int, path: str) -> object:
        """A value that conforms to all of `demands`."""
        if depth > _DEEPEST:
            raise _dead_end(path, f"nested more than {_DEEPEST} levels deep")
        for _ in range(_TRIES):
            self.made += 1
            if self.made > self.work:
                raise _dead_end(path, f"gave up after {self.work} values")
            choice = True
            try:
                parts = [part for each in demands for part in self.parts(each, depth, path)]
                choice = leaves_choice(parts)
                value = self.grow(parts, demands, depth, path)
            except CannotSample as dead_end:
                reason = str(dead_end)
                if choice:
                    continue
                break
            broken = self.grammar.broken(value, demands)
            if broken is None:
                return value
            reason = str(_dead_end(path, f"found no value that keeps `{broken}`"))
        raise CannotSample(reason)

    def parts(self, schema: Schema, depth: int, path: str) -> list[Part]:
        """What `schema` comes to, once references are followed and branches are chosen."""
        if isinstance(schema, bool):
            if schema:
                return []
            raise _dead_end(path, "the schema `false` allows no value")
        part = self.grammar.known(schema)
        found = [part]
        taken = schemas(part, "allOf") + schemas(part, "extends")
        for keyword in REFERENCES:
            if keyword in part:
                target = self.grammar.target(part[keyword])
                if target is None:
                    raise _dead_end(path, f"`{keyword}` leads nowhere: {part[keyword]}")
                taken.append(target)
        for keyword in ("anyOf", "oneOf"):
            if keyword in part:
                taken.append(self.branch(schemas(part, keyword), depth, path, keyword))
        if "if" in part and ("then" in part or "else" in part):
            met = self.rng.random() < 0.5
            for keyword in ("if", "then") if met else ("else",):
                taken += schemas(part, keyword)
        for each in taken:
            found += self.parts(each, depth, path)
        return found

    def branch(self, options: list[Schema], depth: int, path: str, keyword: str) -> Schema:
        heights = [self.grammar.height(each) for each in options]
        least = min(heights, default=ENDLESS)
        if least >= ENDLESS:
            raise _dead_end(path, f"`{keyword}` has no branch to which anything conforms")
        highest = least if self.deep(depth) else ENDLESS - 1
        fitting = [each for each, height in zip(options, heights, strict=True) if height <= highest]
        telling = [each for each in fitting if each != {"type": "null"}]
        return self.rng.choice(telling if telling and self.chance(_TELLING) else fitting)

    def grow(
        self, parts: Sequence[Part], demands: Sequence[Schema], depth: int, path: str
    ) -> object:
        lists = [values for part in parts if (values := listed(part)) is not None]
        if lists:
            return self.one_of(min(lists, key=len), demands, path)
        match self.kind(parts, depth, path):
            case "object":
                return self.members(parts, depth, path)
            case "array":
                return self.elements(parts, depth, path)
            case "string":
                return self.string(parts, demands, path)
            case "integer" | "number" as kind:
                return self.number(parts, path, whole=kind == "integer")
            case "boolean":
                return self.chance(0.5)
        return None

    def one_of(self, options: list[object], demands: Sequence[Schema], path: str) -> object:
        for option in self.rng.sample(options, len(options))[:500]:
            if self.grammar.broken(option, demands) is None:
                return copy.deepcopy(option)
        raise _dead_end(path, "no value of `enum` or `const` conforms to the rest")

    def kind(self, parts: Sequence[Part], depth: int, path: str) -> str:
        allowed, hinted = kinds(parts)
        if not allowed:
            raise _dead_end(path, "`type` leaves nothing")
        if not any("type" in part for part in parts):
            # Without a word about the type, or in haste, a text is as good as anything.
            hinted = ["string"] if self.deep(depth) or not hinted else hinted
            return self.rng.choice(
                hinted if self.chance(_HINTED if self.tame else 0.5) else allowed
            )
        if self.deep(depth) and self.chance(_TELLING):
            return allowed[0]
        telling = [kind for kind in allowed if kind != "null"]
        return self.rng.choice(telling if telling and self.chance(_TELLING) else allowed)

    def string(self, parts: Sequence[Part], demands: Sequence[Schema], path: str) -> str:
        shortest = max([0, *bounds(parts, "minLength")])
        longest = min(bounds(parts, "maxLength"), default=None)
        if shortest > _LONGEST or (longest is not None and shortest > longest):
            raise _dead_end(path, f"`minLength` is above `maxLength`, or above {_LONGEST}")
        broken: str | None = None
        for text in self.texts(parts, shortest, longest):
            broken = self.grammar.broken(text, demands)
            if broken is None:
                return text
        raise _dead_end(path, f"found no text that keeps `{broken}`")

    def texts(self, parts: Sequence[Part], shortest: int, longest: int | None) -> Iterator[str]:
        for part in parts:
            if "format" in part:
                for text in formatted(self.rng, str(part["format"])):
                    missing = "a" * (shortest - len(text))
                    yield from (text, missing + text, text + missing)
        patterns = [str(part["pattern"]) for part in parts if "pattern" in part]
        candidates = [matching(self.rng, each, shortest, longest) for each in patterns]
        for row in zip(*candidates, strict=False):
            yield from row
            if len(row) > 1:  # such as a beginning and an end
                yield from ("".join(row), "".join(reversed(row)))
        for _ in range(_TRIES):
            yield pleasant(self.rng, shortest, longest)

    def number(self, parts: Sequence[Part], path: str, *, whole: bool) -> int | float:
        first, step, count = progression(parts, whole=whole)
        if count == 0:
            raise _dead_end(path, "no number is between `minimum` and `maximum`")
        number = first + self.rng.randrange(count) * step
        return int(number) if number.denominator == 1 else float(number)

    def elements(self, parts: Sequence[Part], depth: int, path: str) -> list[object]:
        needs = contained(parts)
        least = max([0, *bounds(parts, "minItems"), *(times for _, times in needs)])
        most = min([_LARGEST, *bounds(parts, "maxItems")])
        if least > most:
            raise _dead_end(path, "`minItems` or `contains` is above `maxItems`, or too many")
        count = least
        if self.optional(depth):
            tuples = [schemas(part, key) for part in parts for key in ("prefixItems", "items")]
            usual = max([least + 3, *map(len, tuples)])
            count = self.rng.randint(min(max(least, 1), most), min(usual, most))
        wanted = [(schema, self.places(times, count)) for schema, times in needs]
        unique = any(part.get("uniqueItems") is True for part in parts)
        array: list[object] = []
        seen: set[str] = set()
        for index in range(count):
            demands = element(parts, index) + [
                schema for schema, places in wanted if index in places
            ]
            try:
                item = self.item(demands, depth, f"{path}[{index}]", seen)
            except CannotSample:
                if index < least:
                    raise
                break
            array.append(item)
            if unique:
                seen.add(json.dumps(item, sort_keys=True))
        return array

    def places(self, times: int, count: int) -> Sequence[int]:
        """Which elements are to meet `contains`: rather the last, which are the freest."""
        if self.chance(0.5):
            return range(count - times, count)
        return self.rng.sample(range(count), times)

    def item(self, demands: Sequence[Schema], depth: int, path: str, seen: set[str]) -> object:
        """An element that is not among those seen, of which there are none if any will do."""
        for _ in range(5 * _TRIES):
            item = self.value(demands, depth + 1, path)
            if json.dumps(item, sort_keys=True) not in seen:
                return item
        raise _dead_end(path, "`uniqueItems` leaves no value")

    def members(self, parts: Sequence[Part], depth: int, path: str) -> dict[str, object]:
        least = max([0, *bounds(parts, "minProperties")])
        most = min([_LARGEST, *bounds(parts, "maxProperties")])
        needed = required(parts)
        if max(least, len(needed)) > most:
            raise _dead_end(path, "`maxProperties` is too small, or too much is required")
        declared = dict.fromkeys(name for part in parts for name in named(part, "properties"))
        spare = [name for name in sorted(declared) if name not in needed]
        self.rng.shuffle(spare)
        spare = [name for name in spare if self.possible(parts, name)]
        picked = [name for name in spare if self.optional(depth)][: most - len(needed)]
        names = dict.fromkeys([*needed, *picked])
        parts = self.settled(parts, names, depth, path)
        needed = required(parts)
        made: dict[str, object] = {}

        def add(name: str) -> None:
            try:
                made[name] = self.value(member(parts, name), depth + 1, f"{path}.{name}")
            except CannotSample:
                if name in needed:
                    raise

        for name in sorted(names):
            add(name)
        wanted = least
        if self.optional(depth) and (describes_more(parts) or not self.tame):
            wanted = max(least, min(most, len(made) + self.rng.randint(1, 3)))
        extras = [name for name in spare if name not in names] if len(made) < least else []
        for _ in range(3 * max(0, wanted - len(made))):
            if len(made) >= wanted:
                break
            name = extras.pop() if extras else self.name(parts, depth, path)
            if name not in made and self.possible(parts, name):
                add(name)
        return {name: made[name] for name in [*declared, *made] if name in made}

    def settled(
        self, parts: Sequence[Part], names: dict[str, None], depth: int, path: str
    ) -> list[Part]:
        """The parts and, put into `names`, the names that the chosen names entail."""
        settled = list(parts)
        done: set[tuple[str, int]] = set()
        grown = True
        while grown:
            grown = False
            names |= dict.fromkeys(required(settled))
            for name, demand in entailed(settled, names):
                if (name, id(demand)) in done:
                    continue
                done.add((name, id(demand)))
                grown = True
                if isinstance(demand, (dict, bool)):
                    settled += self.parts(demand, depth, path)
                else:  # draft 3 allows a single name
                    names |= dict.fromkeys(demand if isinstance(demand, list) else [str(demand)])
        return settled

    def possible(self, parts: Sequence[Part], name: str) -> bool:
        """Whether an object of these parts may have a member `name`, as far as can be seen."""
        rules = [rule for part in parts for rule in schemas(part, "propertyNames")]
        return self.grammar.broken(name, rules) is None and all(
            self.grammar.height(each) < ENDLESS for each in member(parts, name)
        )

    def name(self, parts: Sequence[Part], depth: int, path: str) -> str:
        """A name for a member that no schema declares."""
        rules = [rule for part in parts for rule in schemas(part, "propertyNames")]
        patterns = [pattern for part in parts for pattern in named(part, "patternProperties")]
        if rules and self.chance(0.7):
            return str(self.value([*rules, {"type": "string"}], depth + 1, path))
        if patterns and self.chance(0.7):
            pattern = self.rng.choice(sorted(patterns))
            for text in matching(self.rng, pattern, 0, None):
                if re.search(pattern, text):
                    return text
        if not self.tame and self.grammar.names and self.chance(0.7):
            return self.rng.choice(self.grammar.names)
        return key(self.rng)

    def deep(self, depth: int) -> bool:
        return depth >= _DEEP or self.made > _AMPLE

    def optional(self, depth: int) -> bool:
        """Toss for something that may as well be left out."""
        return not self.deep(depth) and self.chance(self.chances[depth > _SHALLOW])

    def chance(self, probability: float) -> bool:
        return self.rng.random() < probability


def _dead_end(path: str, why: str) -> CannotSample:
    place = path if len(path) <= 60 else f"{path[:59]}…"
    return CannotSample(" ".join(f"{place}: {why}".split())[:200])


def _excused(error: BaseException) -> str:
    """What went wrong in jsonschema or rstr, which raise many types when a schema is beyond them.

    A panic is among those, which is no Exception: it is what becomes of a RecursionError in the
    Rust code that `referencing` builds on. Anything else, such as KeyboardInterrupt, goes on.
    """
    if not isinstance(error, Exception) and type(error).__name__ != "PanicException":
        raise error
    line, *_ = str(error).splitlines() or [""]
    return f"{type(error).__name__}: {line[:150]}"
