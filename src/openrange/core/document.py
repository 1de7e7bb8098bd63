"""A document in YAML or JSON, read so that no value of it is lost in silence."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

from openrange.llm import strict_json

if TYPE_CHECKING:
    from collections.abc import Callable

    from yaml import Node

# In a text that is known to be JSON, nothing else says where an object has a key.
_TOKEN = re.compile(r'("(?:[^"\\]|\\.)*")(\s*:)?|[][{}]')


def read_document(raw: bytes) -> object:
    """Read a YAML or JSON document, without YAML aliases and of at most 64 levels.

    Args:
        raw: The document, UTF-8.

    Returns:
        What it holds.

    Raises:
        ValueError: It is neither, or a key stands twice in one mapping; with the line.
    """
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise ValueError(f"not UTF-8 (byte {error.start})") from None
    try:
        document = json.loads(text)
    except (ValueError, RecursionError):
        return _read_yaml(text)
    _refuse_keys_twice_in_json(text)
    return document


def _read_yaml(text: str) -> object:
    import yaml

    loader = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    depth = 0
    try:
        for event in yaml.parse(text, Loader=loader):
            if isinstance(event, yaml.AliasEvent):
                raise ValueError("YAML aliases are not allowed")  # noqa: TRY004 - of the text
            depth += isinstance(event, yaml.CollectionStartEvent)
            depth -= isinstance(event, yaml.CollectionEndEvent)
            if depth > strict_json.MAX_DEPTH:  # the C loader would overflow the stack
                raise ValueError(f"nested deeper than {strict_json.MAX_DEPTH} levels")
        reader = loader(text)
        root = reader.get_single_node()
    except yaml.YAMLError as error:
        raise ValueError("not valid YAML or JSON: " + " ".join(str(error).split())) from None
    if root is None:
        return None
    try:
        twice = _key_twice_in_yaml(root, reader.construct_object)
        document: object = None if twice else reader.construct_document(root)
    except yaml.YAMLError as error:
        raise ValueError("not valid YAML or JSON: " + " ".join(str(error).split())) from None
    # PyYAML lets through whatever a scalar with the wrong tag, such as `!!int ""`, stumbles over.
    except (ArithmeticError, AttributeError, LookupError, TypeError, ValueError) as error:
        reason = f"a value that does not fit its tag ({error})"
        raise ValueError(f"not valid YAML or JSON: {reason}") from None
    if twice:
        raise ValueError(twice)
    return document


def _refuse_keys_twice_in_json(text: str) -> None:
    line, end = 1, 0
    open_objects: list[dict[str, int]] = []
    for token in _TOKEN.finditer(text):
        line, end = line + text.count("\n", end, token.start()), token.start()
        if token[0] in ("{", "["):
            open_objects.append({})
        elif token[0] in ("}", "]"):
            open_objects.pop()
        elif token[2]:
            key = json.loads(token[1])
            if first := open_objects[-1].get(key):
                raise ValueError(_twice(key, first, line))
            open_objects[-1][key] = line


def _key_twice_in_yaml(root: Node, value_of: Callable[[Node], object]) -> str | None:
    """Where a key stands twice in one mapping (YAML 1.2, 3.2.1.1: keys are unique).

    Keys are one where they are so in Python, as `1` and `true`, or in JSON, as `1` and `"1"`.
    """
    import yaml

    waiting = [root]
    while waiting:
        node = waiting.pop()
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        if not isinstance(node, yaml.MappingNode):
            continue
        seen: dict[object, int] = {}
        for key, value in node.value:
            waiting += [key, value]
            if not isinstance(key, yaml.ScalarNode):
                continue  # no key of a manifest, as is told when it is read
            line = key.start_mark.line + 1
            for name in _names(key, value_of):
                if first := seen.get(name):
                    return _twice(key.value, first, line)
            seen |= dict.fromkeys(_names(key, value_of), line)
    return None


def _names(key: Node, value_of: Callable[[Node], object]) -> tuple[object, object]:
    """What else a key must not be equal to: its value, and that as JSON writes it."""
    if key.tag == "tag:yaml.org,2002:merge":
        return "<<", "<<"
    value = value_of(key)
    is_known = value is None or isinstance(value, str | int | float)  # another is refused later
    return value, json.dumps({value: None}) if is_known else value


def _twice(key: str, first: int, second: int) -> str:
    where = f"lines {first} and {second}" if first != second else f"line {first}"
    return f"the key {key!r} stands twice, in {where}"
