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

NOT_COVERED = "rule of openrange.testing not covered: "
"""Begins the reason of a skip, by which `pytest_plugin` knows it."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule of a contract, of backends or of packs.

    Args:
        name: Its name, by which it can be declared as not covered.
        says: What a backend, or a pack, has to do.
        meet: How an author gets there.
        stands_alone: Whether it can be judged of a backend that answers nothing.
    """

    name: str
    says: str
    meet: str
    stands_alone: bool = False

    @property
    def is_declarable(self) -> bool:
        """Whether it may be declared as not covered: all but that on declarations itself."""
        return self.name != "declarations"


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


def rule(name: str, says: str, meet: str, *, stands_alone: bool = False) -> Callable[[F], F]:
    """Make a test the test of a rule, whose failure explains the rule and how to meet it.

    Args:
        name: The rule's name.
        says: What a backend has to do.
        meet: How an author gets there.
        stands_alone: Whether it can be judged of a backend that answers nothing.

    Returns:
        The decorator.
    """
    stated = Rule(name, says, meet, stands_alone)

    def decorate(test: F) -> F:
        @functools.wraps(test)
        def checked(self: Any, *args: Any, **kwargs: Any) -> None:
            why = seen = None
            try:
                test(self, *args, **kwargs)
            except UntestableError as error:
                why = str(error)
            except BrokenRuleError as error:
                seen = str(error)
            except Exception as error:  # noqa: BLE001 - whatever a backend does is what was seen
                seen = outcry(error)
            # Then nothing was seen of the backend, also where all seems well.
            why = self.hindrance() or why
            if why is not None:
                pytest.fail(_untested(stated, why), pytrace=False)
            if seen is not None:
                trouble = None if stated.stands_alone else self.trouble()
                words = _not_judged(stated, trouble) if trouble else _explained(stated, seen)
                pytest.fail(words, pytrace=False)

        checked.rule = stated  # type: ignore[attr-defined]
        return checked  # type: ignore[return-value]

    return decorate


def outcry(error: BaseException) -> str:
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


def _not_judged(stated: Rule, trouble: str) -> str:
    return (
        f"the rule {stated.name!r} was not judged, because the backend does not answer a plain "
        f"request ({trouble}); mend the rule 'works' first"
    )


def _explained(stated: Rule, seen: str) -> str:
    return (
        f"the rule {stated.name!r} is broken\n"
        f"  the rule: {stated.says}\n"
        f"  seen: {seen}\n"
        f"  to meet it: {stated.meet}"
    )
