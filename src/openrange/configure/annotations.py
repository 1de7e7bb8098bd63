"""Whether a value from TOML can be meant for a parameter, judged by its annotation."""

from __future__ import annotations

import dataclasses
import types
import typing
from collections.abc import Collection, Iterable, Mapping, Sequence
from os import PathLike
from typing import Any


def constructor_hints(backend: type) -> dict[str, object]:
    """The annotations of a class's constructor.

    Args:
        backend: The class.

    Returns:
        Annotations by parameter; empty where they cannot be evaluated.
    """
    try:
        target: Any = backend if dataclasses.is_dataclass(backend) else vars(backend)["__init__"]
        return typing.get_type_hints(target)
    except Exception:  # noqa: BLE001 - a stranger's annotations may be anything; checks are a courtesy
        return {}


def fits(value: object, hint: object) -> bool:
    """Whether a value can be meant for a parameter.

    A number may be written without a point, a path as text, and every sequence as a list.

    Args:
        value: The value.
        hint: The parameter's annotation.

    Returns:
        False if the value is certainly of another type, also inside of a list or a table.
    """
    try:
        return _fits(value, hint)
    except TypeError:  # a protocol, say, that knows no instance checks
        return True


def described(hint: object) -> str:
    """An annotation as an error message says it.

    Args:
        hint: The annotation.

    Returns:
        Such as `a number`, or `a list of text`.
    """
    members = typing.get_args(hint) if _origin(hint) in _UNIONS else (hint,)
    words = [_described_member(member) for member in members if member is not types.NoneType]
    return " or ".join(dict.fromkeys(words)) or str(hint)


def _fits(value: object, hint: object) -> bool:
    origin, members = _origin(hint), typing.get_args(hint)
    if origin in _UNIONS:
        return any(fits(value, member) for member in members)
    if origin is typing.Literal:
        return value in members
    if hint is None or hint is types.NoneType:
        return value is None
    if not isinstance(origin, type) or origin is object:
        return True
    if isinstance(value, bool):
        return origin is bool
    if isinstance(value, int) and origin is float:
        return True
    if isinstance(value, str):
        return origin in (str, PathLike)
    if isinstance(value, list | tuple):
        if not issubclass(list, origin) and not issubclass(tuple, origin):
            return False
        if origin is tuple and members and members[-1] is not Ellipsis:
            return len(value) == len(members) and all(map(fits, value, members))
        return not members or all(fits(item, members[0]) for item in value)
    if isinstance(value, Mapping):
        inner = members[1] if len(members) == 2 else object
        return issubclass(dict, origin) and all(fits(item, inner) for item in value.values())
    return isinstance(value, origin)


def _described_member(hint: object) -> str:
    origin, members = _origin(hint), typing.get_args(hint)
    if origin is typing.Literal:
        return " or ".join(map(repr, members))
    if not isinstance(origin, type):
        return str(hint)
    word = _WORDS.get(origin, origin.__name__)
    of_one_kind = [member for member in members if member is not Ellipsis]
    if origin is tuple and Ellipsis not in members:
        of_one_kind = []
    many = _MANY.get(of_one_kind[-1]) if of_one_kind else None
    return f"{word} of {many}" if many else word


def _origin(hint: object) -> object:
    return typing.get_origin(hint) or hint


_UNIONS = (typing.Union, types.UnionType)
_WORDS: dict[type, str] = {
    bool: "true or false",
    dict: "a table",
    float: "a number",
    int: "an integer",
    list: "a list",
    Collection: "a list",
    Iterable: "a list",
    Mapping: "a table",
    PathLike: "a path",
    Sequence: "a list",
    str: "text",
    tuple: "a list",
}
_MANY: dict[object, str] = {float: "numbers", int: "integers", str: "text"}
