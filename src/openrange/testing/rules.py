"""What a rule of the contract is, and how one that is broken, or not covered, is reported."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, NoReturn, TypeVar

import pytest

F = TypeVar("F", bound=Callable[..., Any])

NOT_COVERED = "not covered: "


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of the contract of backends.

    Args:
        name: Its name, by which it can be declared as not covered.
        says: What a backend has to do.
        meet: How an author gets there.
    """

    name: str
    says: str
    meet: str


class BrokenRuleError(AssertionError):
    """A rule was seen to be broken; the message says what was seen."""


def broken(seen: str) -> NoReturn:
    """End the test of a rule.

    Args:
        seen: What the backend did.
    """
    raise BrokenRuleError(seen)


def rule(name: str, says: str, meet: str) -> Callable[[F], F]:
    """Make a test the test of a rule, whose failure explains the rule and how to meet it.

    Args:
        name: The rule's name.
        says: What a backend has to do.
        meet: How an author gets there.

    Returns:
        The decorator.
    """
    stated = Rule(name, says, meet)

    def decorate(test: F) -> F:
        @functools.wraps(test)
        def checked(*args: Any, **kwargs: Any) -> None:
            try:
                test(*args, **kwargs)
                return
            except BrokenRuleError as error:
                seen = str(error)
            except Exception as error:  # noqa: BLE001 - whatever a backend does is what was seen
                seen = in_words(error)
            pytest.fail(_explained(stated, seen), pytrace=False)

        checked.rule = stated  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def in_words(error: BaseException) -> str:
    """An exception as an author wants to see it: its type, its text, and where it was raised.

    Args:
        error: What a backend raised.

    Returns:
        Such as `TypeError: no (in complete, acme.py:12)`.
    """
    frames = traceback.extract_tb(error.__traceback__)
    place = f" (in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno})" if frames else ""
    return f"{type(error).__name__}: {error}{place}"


def _explained(stated: Rule, seen: str) -> str:
    return (
        f"the rule {stated.name!r} is broken\n"
        f"  the rule: {stated.says}\n"
        f"  seen: {seen}\n"
        f"  to meet it: {stated.meet}"
    )
