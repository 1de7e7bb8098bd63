"""The numbers that the keywords of a JSON Schema leave, as an arithmetic progression."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from fractions import Fraction
from math import ceil, floor, gcd, lcm


def progression(
    parts: Sequence[Mapping[str, object]], *, whole: bool
) -> tuple[Fraction, Fraction, int]:
    """Numbers that conform to all parts, evenly spaced.

    Args:
        parts: What is demanded of the number.
        whole: Whether it has to be an integer.

    Returns:
        The first number, the distance to the next, and how many they are: 0 if none conforms.
    """
    lows = _limits(parts, "minimum", "exclusiveMinimum", 1)
    highs = _limits(parts, "maximum", "exclusiveMaximum", -1)
    # Both are negated where they are upper bounds, so that the strictest is always the largest.
    low, above = max(lows) if lows else (None, False)
    negated, below = max(highs) if highs else (None, False)
    high = None if negated is None else -negated
    step = Fraction(1) if whole else None
    for part in parts:
        for keyword in ("multipleOf", "divisibleBy"):
            if keyword in part:
                other = Fraction(str(part[keyword]))
                step = other if step is None else _common_multiple(step, other)
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
            return low, step, int(fine == 0 and not above and not below)
    first, last = ceil(low / step), floor(high / step)
    first += above and first * step == low
    last -= below and last * step == high
    return first * step, step, max(0, last - first + 1)


def _limits(
    parts: Sequence[Mapping[str, object]], inclusive: str, exclusive: str, sign: int
) -> list[tuple[Fraction, bool]]:
    """Every bound on one side, times `sign`, and whether it is itself excluded."""
    limits: list[tuple[Fraction, bool]] = []
    for part in parts:
        limit, strict = part.get(inclusive), part.get(exclusive)
        if isinstance(limit, (int, float)):
            limits.append((sign * Fraction(limit), strict is True))  # draft 4 has a boolean
        if isinstance(strict, (int, float)) and not isinstance(strict, bool):
            limits.append((sign * Fraction(strict), True))
    return limits


def _common_multiple(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))
