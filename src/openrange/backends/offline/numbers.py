"""The numbers that the keywords of a JSON Schema leave, evenly spaced."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from math import ceil, floor
from typing import Any


def evenly_spaced(part: Mapping[str, Any], *, whole: bool) -> tuple[Fraction, Fraction, int]:
    """Numbers that conform to a schema's bounds and `multipleOf`.

    Args:
        part: What is demanded of the number.
        whole: Whether it has to be an integer.

    Returns:
        The first number, the distance to the next, and how many they are: 0 if none conforms.
    """
    lows = [(Fraction(part[name]), name != "minimum") for name in _LOW if name in part]
    highs = [(-Fraction(part[name]), name != "maximum") for name in _HIGH if name in part]
    # Upper bounds are negated, so that the strictest is always the largest.
    low, is_above = max(lows) if lows else (None, False)
    negated, is_below = max(highs) if highs else (None, False)
    high = None if negated is None else -negated
    step = Fraction(str(part["multipleOf"])) if "multipleOf" in part else None
    if whole:  # of multiples of p/q in lowest terms, those of p are the whole ones
        step = Fraction(1 if step is None else step.numerator)
    span = 100 * max(step or Fraction(1), Fraction(1))
    if low is None:
        low = Fraction(0) if high is None or high > 0 else high - span
    if high is None:
        high = low + span
    if step is None:
        step = Fraction(1, 100)
        if high - low < 10 * step:  # too narrow for round numbers
            fine = (high - low) / 16
            if fine > 0:
                return low + fine, fine, 15
            return low, step, int(fine == 0 and not is_above and not is_below)
    first, last = ceil(low / step), floor(high / step)
    first += is_above and first * step == low
    last -= is_below and last * step == high
    return first * step, step, max(0, last - first + 1)


_LOW = ("minimum", "exclusiveMinimum")
_HIGH = ("maximum", "exclusiveMaximum")
