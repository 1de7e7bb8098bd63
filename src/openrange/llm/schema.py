"""What backends need of a JSON Schema: whether a value conforms, and how to ask for one."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

# What a schema may use under strict structured output, after OpenAI's guide "Structured model
# outputs", section "Supported schemas". Anything else makes the API refuse the request.
_STRICT_KEYWORDS = frozenset(
    {
        "$defs",
        "$ref",
        "additionalProperties",
        "anyOf",
        "const",
        "definitions",
        "description",
        "enum",
        "exclusiveMaximum",
        "exclusiveMinimum",
        "format",
        "items",
        "maxItems",
        "maximum",
        "minItems",
        "minimum",
        "multipleOf",
        "pattern",
        "properties",
        "required",
        "title",
        "type",
    }
)


def violation(value: Any, schema: Mapping[str, object]) -> str | None:
    """Say where a value breaks a schema, without ever fetching a `$ref`.

    Args:
        value: A JSON value.
        schema: A JSON Schema, of draft 2020-12 unless its `$schema` names another.

    Returns:
        None when it conforms; otherwise the path that fails and why, in one line.
    """
    from jsonschema import exceptions, validators
    from referencing import Registry
    from referencing.exceptions import Unresolvable

    plain = dict(schema)
    if problem := invalid(plain):
        return problem
    validator_class = validators.validator_for(plain, default=validators.Draft202012Validator)
    try:
        validator = validator_class(plain, registry=Registry())
        worst = exceptions.best_match(validator.iter_errors(value))
    except Unresolvable as error:
        return f"the schema refers to something outside of itself ({_short(str(error))})"
    except RecursionError:
        return "it is nested too deeply to check"
    return None if worst is None else f"{worst.json_path}: {_short(worst.message)}"


def invalid(schema: Mapping[str, object]) -> str | None:
    """Say what is wrong with a schema itself.

    Args:
        schema: A JSON Schema.

    Returns:
        None for a valid one; otherwise where it is wrong and why, in one line.
    """
    from jsonschema import exceptions, validators

    plain = dict(schema)
    try:
        validators.validator_for(plain, default=validators.Draft202012Validator).check_schema(plain)
    except exceptions.SchemaError as problem:
        return f"the schema itself is invalid at {problem.json_path}: {_short(problem.message)}"
    except RecursionError:
        return "the schema itself is nested too deeply to check"
    return None


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


def in_words(schema: Mapping[str, object]) -> str:
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


def _short(message: str, limit: int = 200) -> str:
    line = " ".join(message.split())
    return line if len(line) <= limit else line[: limit - 1] + "…"
