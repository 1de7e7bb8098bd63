"""Text that comes from outside, made fit to be shown."""

from __future__ import annotations

from collections.abc import Iterable

from openrange.llm.invisible import INVISIBLE
from openrange.llm.secrets import Key, redact


def one_line(text: str) -> str:
    """Make text safe to show on a terminal or in a page.

    What cannot be seen goes (`INVISIBLE`: controls, format characters, surrogates, fillers): it can
    move a terminal's cursor, reverse the reading order, fail to encode, or pass for a text that is
    not blank. Runs of white space become one space. The result is the same in every Python.

    Args:
        text: Any text.

    Returns:
        One line of text, which may be empty.
    """
    spaced = " ".join(text.split())
    return " ".join(INVISIBLE.sub("", spaced).split())


def presentable(text: str, limit: int, secrets: Iterable[Key] = ()) -> str:
    """Make a stranger's text fit for an error or a report.

    It is redacted before all else, because a key that was cut, or joined with its neighbour, would
    not be recognized.

    Args:
        text: Any text.
        limit: The greatest length of the result, in characters.
        secrets: What must not be seen.

    Returns:
        One line, which ends with an ellipsis where it was cut.
    """
    line = one_line(redact(text, secrets))
    return line if len(line) <= limit else line[: limit - 1].rstrip() + "…"


def raised(error: BaseException, limit: int = 300, secrets: Iterable[Key] = ()) -> str:
    """What a stranger's code raised: type and text, fit to be shown.

    Args:
        error: The exception, whose own text may fail.
        limit: The greatest length of the result, in characters.
        secrets: What must not be seen.

    Returns:
        Such as `ValueError: no such model`.
    """
    try:
        text = f"{type(error).__name__}: {error}"
    except Exception:  # noqa: BLE001 - a stranger's `__str__`
        text = type(error).__name__
    return presentable(text, limit, secrets).rstrip(": ")
