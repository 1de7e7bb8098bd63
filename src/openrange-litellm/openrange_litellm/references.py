"""A schema without references: what they refer to stands in their place."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import unquote

# Keywords whose value maps names to schemas, and those whose value is plain data (JSON Schema
# 2020-12, sections 10 of Core and 6 of Validation).
_NAMED = frozenset({"dependentSchemas", "patternProperties", "properties"})
_DATA = frozenset({"const", "default", "enum", "examples", "required"})
_DEFINITIONS = frozenset({"$defs", "definitions"})
_UNKNOWN = frozenset({"$dynamicRef", "$recursiveRef"})


def without_references(schema: Mapping[str, object]) -> dict[str, object] | None:
    """Put what each `$ref` refers to in its place.

    Args:
        schema: A JSON Schema.

    Returns:
        An equivalent schema without `$ref` and definitions, or None when there is none: it refers
        to itself, or to something that is not found by a JSON pointer in it.
    """
    try:
        expanded = _expanded(schema, schema, ())
    except (_CannotBeReplacedError, RecursionError):
        return None
    return expanded if isinstance(expanded, dict) else None


class _CannotBeReplacedError(Exception):
    """A reference leads back to itself, or out of the schema."""


def _expanded(value: object, root: Mapping[str, object], trail: tuple[str, ...]) -> object:
    if isinstance(value, list):
        return [_expanded(child, root, trail) for child in value]
    if not isinstance(value, Mapping):
        return value
    reference = value.get("$ref")
    if isinstance(reference, str):
        if reference in trail:
            raise _CannotBeReplacedError
        target = _expanded(_at(reference, root), root, (*trail, reference))
        beside: dict[str, object] = {name: child for name, child in value.items() if name != "$ref"}
        own = _expanded(beside, root, trail)
        if not isinstance(own, dict) or not isinstance(target, dict):
            raise _CannotBeReplacedError
        if own.keys() & target.keys() - {"description", "title"}:
            return {"allOf": [target, own]}
        return {**target, **own}
    expanded: dict[str, object] = {}
    for name, child in value.items():
        if name in _DATA:
            expanded[name] = child
        elif name in _NAMED and isinstance(child, Mapping):
            expanded[name] = {key: _expanded(each, root, trail) for key, each in child.items()}
        elif name not in _DEFINITIONS:
            if name in _UNKNOWN or (name == "$id" and value is not root):
                raise _CannotBeReplacedError
            expanded[name] = _expanded(child, root, trail)
    return expanded


def _at(reference: str, root: Mapping[str, object]) -> object:
    """What a JSON pointer in a fragment refers to (RFC 6901, section 6)."""
    if not reference.startswith("#/"):
        raise _CannotBeReplacedError
    found: object = root
    for part in unquote(reference[2:]).split("/"):
        name = part.replace("~1", "/").replace("~0", "~")
        if not isinstance(found, Mapping) or name not in found:
            raise _CannotBeReplacedError
        found = found[name]
    return found
