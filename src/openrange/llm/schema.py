"""What backends need of a JSON Schema: whether a value conforms, and how to ask for one."""

from __future__ import annotations

import functools
import json
import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from openrange.llm.strict_json import is_shallow
from openrange.llm.text import presentable, raised

if TYPE_CHECKING:
    from jsonschema_rs import ValidationError, Validator

_PLAIN_NAME = re.compile(r"[A-Za-z_]\w*", re.ASCII)

# What a schema may use under strict structured output, after OpenAI's guide "Structured model
# outputs", section "Supported schemas". Anything else makes the API refuse the request.
_STRICT_KEYWORDS = frozenset(
    {
        *("$defs", "$ref", "additionalProperties", "anyOf", "const", "definitions", "description"),
        *("enum", "exclusiveMaximum", "exclusiveMinimum", "format", "items", "maxItems"),
        *("maximum", "minItems", "minimum", "multipleOf", "pattern", "properties", "required"),
        *("title", "type"),
    }
)


_NO_SCHEMAS = frozenset({"const", "default", "enum"})
_BY_NAME = frozenset(
    {"$defs", "definitions", "dependentSchemas", "patternProperties", "properties"}
)

# Schemas that were found valid are kept, ready to judge by; a program has a few of them.
_MOST_KEPT = 64
_MAX_PROBLEM = 200


def violation(value: object, schema: Mapping[str, object]) -> str | None:
    """Say where a value breaks a schema, without ever fetching a `$ref`.

    Args:
        value: A JSON value.
        schema: A JSON Schema, of draft 2020-12 unless its `$schema` names another.

    Returns:
        None when it conforms; otherwise the path that fails and why, in one line.
    """
    judge = _judge_of(schema)
    if isinstance(judge, str):
        return judge
    if not is_shallow(value):  # the validator recurses, and does not fail with an exception
        return "it is nested too deeply to check"
    try:
        errors = _errors(judge, value)
    except (TypeError, ValueError) as error:
        return f"it is no JSON value ({presentable(str(error), _MAX_PROBLEM)})"
    if not errors:
        return None
    # The problem nearest to the root, of which those further down may be a consequence.
    worst = min(errors, key=lambda error: len(error.instance_path))
    return f"{_path(worst.instance_path)}: {presentable(worst.message, _MAX_PROBLEM)}"


def _errors(judge: Validator, value: object) -> list[ValidationError]:
    try:
        return [_deepest(error) for error in judge.iter_errors(value)]
    except UnicodeEncodeError:  # a lone surrogate, which JSON can say and UTF-8 cannot
        utf_8 = json.dumps(value, ensure_ascii=False).encode("utf-8", "replace")
        return [_deepest(error) for error in judge.iter_errors(json.loads(utf_8))]


def invalid(schema: Mapping[str, object]) -> str | None:
    """Say what is wrong with a schema itself.

    Args:
        schema: A JSON Schema.

    Returns:
        None for a valid one; otherwise where it is wrong and why, in one line.
    """
    judge = _judge_of(schema)
    return judge if isinstance(judge, str) else None


def _judge_of(schema: Mapping[str, object]) -> Validator | str:
    """What judges by a schema, or what is wrong with it."""
    try:
        text = json.dumps(dict(schema), allow_nan=False)
    except (TypeError, ValueError, RecursionError) as error:
        return f"the schema itself is no JSON ({raised(error, _MAX_PROBLEM)})"
    return _judge(text)


@functools.lru_cache(maxsize=_MOST_KEPT)
def _judge(text: str) -> Validator | str:
    import jsonschema_rs

    try:
        return jsonschema_rs.validator_for(json.loads(text), offline=True, validate_formats=False)
    except jsonschema_rs.ValidationError as error:
        problem = presentable(error.message, _MAX_PROBLEM)
        if isinstance(error.kind, jsonschema_rs.ValidationErrorKind.Referencing):
            return f"the schema refers to something outside of itself ({problem})"
        return f"the schema itself is invalid at {_path(error.instance_path)}: {problem}"
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        return f"the schema itself cannot be used ({presentable(str(error), _MAX_PROBLEM)})"


def _deepest(error: ValidationError) -> ValidationError:
    """Of a choice that failed, what failed in the branch that came the furthest."""
    branches = getattr(error.kind, "context", ())
    inner = [_deepest(each) for branch in branches for each in branch]
    return max(inner, key=lambda each: len(each.instance_path), default=error)


def _path(parts: Sequence[str | int]) -> str:
    """A place in a value, as JSONPath."""
    return "$" + "".join(
        f".{part}" if isinstance(part, str) and _PLAIN_NAME.fullmatch(part) else f"[{part!r}]"
        for part in parts
    )


def qualifies_for_strict(schema: Mapping[str, object]) -> bool:
    """Whether a schema, as it stands, is one that strict structured output takes.

    Every object lists all its properties as required and allows no others, the root is a plain
    object, and no keyword is used that strict mode does not know. Source: OpenAI's guide
    "Structured model outputs".

    Args:
        schema: A JSON Schema.

    Returns:
        True if it can be sent with `"strict": true`.
    """
    return schema.get("type") == "object" and "anyOf" not in schema and _strict(schema)


def as_instruction(schema: Mapping[str, object]) -> str:
    """The instruction that stands in a prompt where a provider does not take the schema itself.

    Args:
        schema: A JSON Schema.

    Returns:
        A paragraph that ends with the schema as JSON.
    """
    text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
    return (
        "Reply with one JSON object and nothing else: no prose, no code fence. "
        f"It must conform to this JSON Schema:\n{text}"
    )


def without_examples(schema: Mapping[str, object]) -> dict[str, object]:
    """A schema for a provider, which would take its `examples` for the answer, or refuse them.

    Args:
        schema: A JSON Schema.

    Returns:
        The same without this keyword, at any depth; what only looks like it, such as a property of
        that name, stays.
    """
    return {
        keyword: held if keyword in _NO_SCHEMAS else _cleared(held, is_by_name=keyword in _BY_NAME)
        for keyword, held in schema.items()
        if keyword != "examples"
    }


def _cleared(held: object, *, is_by_name: bool = False) -> object:
    if isinstance(held, list):
        return [_cleared(each) for each in held]
    if not isinstance(held, dict):
        return held
    if is_by_name:
        return {name: _cleared(each) for name, each in held.items()}
    return without_examples(held)


def _strict(schema: object) -> bool:
    if not isinstance(schema, Mapping) or not schema.keys() <= _STRICT_KEYWORDS:
        return False
    if "properties" in schema or schema.get("type") == "object":
        properties = schema.get("properties")
        if not isinstance(properties, Mapping) or schema.get("additionalProperties") is not False:
            return False
        required = schema.get("required", [])
        if not isinstance(required, list) or set(required) != set(properties):
            return False
    children: list[object] = []
    for keyword in ("properties", "$defs", "definitions"):
        group = schema.get(keyword, {})
        children.extend(group.values() if isinstance(group, Mapping) else [group])
    if "items" in schema:
        children.append(schema["items"])
    alternatives = schema.get("anyOf", [])
    children.extend(alternatives if isinstance(alternatives, list) else [alternatives])
    return all(_strict(child) for child in children)
