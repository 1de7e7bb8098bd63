"""Schemas without `$ref`, for what passes a schema on and damages its references."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

MAX_PARTS = 20_000

# Keywords whose value is a schema, a list of schemas, or a table of schemas by name. In whatever
# else a schema holds, such as `const`, `$ref` is no reference.
_ONE = frozenset(
    {
        "additionalItems",
        "additionalProperties",
        "contains",
        "contentSchema",
        "else",
        "if",
        "items",
        "not",
        "propertyNames",
        "then",
        "unevaluatedItems",
        "unevaluatedProperties",
    }
)
_SEVERAL = frozenset({"allOf", "anyOf", "items", "oneOf", "prefixItems"})
_NAMED = frozenset({"dependentSchemas", "patternProperties", "properties"})
_DEFINITIONS = frozenset({"$defs", "definitions"})
_WORDS = frozenset({"$comment", "default", "deprecated", "description", "examples", "title"})


class _CannotInlineError(Exception):
    pass


def without_references(schema: Mapping[str, object]) -> dict[str, object] | None:
    """Put in the place of each `$ref` what it refers to.

    Args:
        schema: A JSON Schema.

    Returns:
        A schema without references that the same values conform to; None where there is none:
        when it is recursive, or would have more than 20,000 parts, or refers to something outside
        of itself, or by anything but a JSON pointer.
    """
    try:
        inlined = _Inliner(schema).schema(schema, ())
    except (_CannotInlineError, RecursionError):
        return None
    return inlined if isinstance(inlined, dict) else None


class _Inliner:
    def __init__(self, root: Mapping[str, object]) -> None:
        self._root = root
        self._parts = 0

    def schema(self, node: object, path: tuple[str, ...]) -> object:
        """One schema; `path` holds the references that led to it."""
        self._parts += 1
        if self._parts > MAX_PARTS:
            raise _CannotInlineError
        if not isinstance(node, Mapping):
            return node
        is_rebased = "$id" in node and node is not self._root
        if is_rebased or node.keys() & {"$dynamicRef", "$recursiveRef"}:
            raise _CannotInlineError
        reference = node.get("$ref")
        made = {
            keyword: self._value(keyword, value, path)
            for keyword, value in node.items()
            if keyword not in _DEFINITIONS and keyword != "$ref"
        }
        if reference is None:
            return made
        if not isinstance(reference, str) or reference in path:
            raise _CannotInlineError
        target = self.schema(self._target(reference), (*path, reference))
        if not isinstance(target, dict) or target.keys() & made.keys() - _WORDS:
            # Both hold, and no plain table says so.
            return target if not made else {"allOf": [target, made]}
        return {**target, **made}

    def _value(self, keyword: str, value: object, path: tuple[str, ...]) -> object:
        if keyword in _NAMED and isinstance(value, Mapping):
            return {name: self.schema(part, path) for name, part in value.items()}
        if keyword in _SEVERAL and isinstance(value, list):
            return [self.schema(part, path) for part in value]
        return self.schema(value, path) if keyword in _ONE else value

    def _target(self, reference: str) -> object:
        pointer = unquote(reference)
        if pointer != "#" and not pointer.startswith("#/"):
            raise _CannotInlineError
        node: object = self._root
        for step in pointer.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            if isinstance(node, Mapping) and name in node:
                node = node[name]
            elif isinstance(node, list) and name.isdecimal() and int(name) < len(node):
                node = node[int(name)]
            else:
                raise _CannotInlineError
        return node
