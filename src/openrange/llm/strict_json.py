"""JSON from outside: by the letter of RFC 8259, and shallow enough to be walked through."""

from __future__ import annotations

import json
import math

MAX_DEPTH = 64


def parse(text: str | bytes) -> object:
    """Parse a JSON document in which nothing lurks for whoever handles it later.

    Args:
        text: The document; bytes are UTF-8, UTF-16 or UTF-32.

    Returns:
        Its value, whose numbers are finite and which has at most 64 levels.

    Raises:
        ValueError: It is not JSON, or has a number that is none or is too large, or is deeper.
    """
    if isinstance(text, bytes):
        text = text.decode(json.detect_encoding(text))
    try:
        value: object = DECODER.decode(text)
    except RecursionError:
        has_bounded_depth = False
    else:
        has_bounded_depth = is_shallow(value)
    if has_bounded_depth:
        return value
    raise ValueError(f"nested deeper than {MAX_DEPTH} levels")


def is_shallow(value: object) -> bool:
    """Whether a JSON value has at most 64 levels, found without recursion."""
    level = [value]
    for _ in range(MAX_DEPTH + 1):
        level = [
            child
            for parent in level
            if isinstance(parent, dict | list)
            for child in (parent.values() if isinstance(parent, dict) else parent)
        ]
        if not level:
            return True
    return False


def _finite(literal: str) -> float:
    number = float(literal)
    if not math.isfinite(number):
        raise ValueError("a number is too large")
    return number


def _refused(literal: str) -> object:
    raise ValueError(f"{literal} is not a JSON number")


DECODER = json.JSONDecoder(parse_float=_finite, parse_constant=_refused)
"""Decodes by the letter; what it returns may still be too deep, see `is_shallow`."""
