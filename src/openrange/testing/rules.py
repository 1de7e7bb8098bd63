"""What a rule of the contract is, and how one that is broken, or not covered, is reported."""

from __future__ import annotations

import functools
import traceback
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NoReturn, TypeVar

import pytest

from openrange.errors import OpenRangeError

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


class UntestableError(Exception):
    """The test class does not provide what the test of a rule needs; the message says what."""


def broken(seen: str) -> NoReturn:
    """End the test of a rule.

    Args:
        seen: What the backend did.
    """
    raise BrokenRuleError(seen)


def untestable(why: str) -> NoReturn:
    """End the test of a rule that says nothing of the backend.

    Args:
        why: What the author of the test class has to mend.
    """
    raise UntestableError(why)


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
            except UntestableError as error:
                problem = _untested(stated, str(error))
            except BrokenRuleError as error:
                problem = _explained(stated, str(error))
            except Exception as error:  # noqa: BLE001 - whatever a backend does is what was seen
                problem = _explained(stated, in_words(error))
            pytest.fail(problem, pytrace=False)

        checked.rule = stated  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def in_words(error: BaseException) -> str:
    """An exception as an author wants to see it: its type, its text, and where it was raised.

    Args:
        error: What a backend raised.

    Returns:
        Such as `TypeError: no (in complete, acme.py:12)`. OpenRange's own errors say all there is
        to say themselves.
    """
    frames = [frame for frame in traceback.extract_tb(error.__traceback__) if not _is_ours(frame)]
    words = f"{type(error).__name__}: {error}".rstrip(": ")
    if isinstance(error, OpenRangeError) or not frames:
        return words
    return f"{words} (in {frames[-1].name}, {frames[-1].filename}:{frames[-1].lineno})"


def _is_ours(frame: traceback.FrameSummary) -> bool:
    return Path(frame.filename).parent == Path(__file__).parent


def _untested(stated: Rule, why: str) -> str:
    return f"the rule {stated.name!r} cannot be tested\n  the rule: {stated.says}\n  why: {why}"


def _explained(stated: Rule, seen: str) -> str:
    return (
        f"the rule {stated.name!r} is broken\n"
        f"  the rule: {stated.says}\n"
        f"  seen: {seen}\n"
        f"  to meet it: {stated.meet}"
    )
