"""What a model replied, and the JSON object in it. Replies are not trusted; schemas are."""

from __future__ import annotations

import json
from collections import deque
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from openrange.errors import LLMBackendError
from openrange.llm import strict_json
from openrange.llm.recording import Usage
from openrange.llm.schema import violation
from openrange.llm.text import presentable
from openrange.llm.thoughts import spoken

Ending = Literal["stop", "length", "filter", "refusal"]
"""Why a model stopped: it was done; a limit cut it off; the provider withheld it; it declined."""

MAX_REPLY_CHARACTERS = 2_000_000
# How much of a reply that is not an object itself is searched for one.
MAX_STARTS = 10_000
MAX_CANDIDATES = 50
_MAX_SHOWN = 200  # characters of a reply that is none


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Args:
        text: The text of the reply.
        elsewhere: Other places of the reply in which an object may stand, such as the arguments
            of a tool call; read when `text` holds none.
        thoughts: What the model thought, where the provider tells it apart; read when it said
            nothing.
        finish: Why the model stopped.
        explanation: The provider's words on a refusal, a filter or an empty reply.
        limit: The setting that a truncated reply would need raised.
        usage: What the request used; its own count of one is added by `run`.
        model: The model that answered, as the provider names it.
    """

    text: str
    elsewhere: tuple[str, ...] = ()
    thoughts: tuple[str, ...] = ()
    finish: Ending = "stop"
    explanation: str | None = None
    limit: str = "the limit on output tokens"
    usage: Usage = field(default_factory=Usage)
    model: str | None = None


def text_of(reply: Reply) -> str:
    """The text of a reply that ended well.

    Args:
        reply: What came back.

    Returns:
        Its text, as it is.

    Raises:
        LLMBackendError: Of kind `refused`, `filtered`, `truncated` or `empty`.
    """
    _check_ending(reply)
    if not reply.text.strip():
        raise _empty(reply)
    return reply.text


def object_of(reply: Reply, schema: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """The object in a reply that ended well, wherever it stands there.

    Args:
        reply: What came back.
        schema: What the object has to conform to.

    Returns:
        The object's text as it stands in the reply, and the object.

    Raises:
        LLMBackendError: Of kind `refused`, `filtered` or `truncated`; or else of the first place's
            problem, as `read_object` raises it.
    """
    _check_ending(reply)
    problem: LLMBackendError | None = None
    said = (reply.text, *reply.elsewhere)
    # Some servers take an object for a thought.
    thoughts = () if any(text.strip() for text in said) else reply.thoughts
    for text in (*said, *thoughts):
        try:
            return read_object(text, schema)
        except LLMBackendError as error:
            if problem is None or (problem.kind == "empty" and text not in thoughts):
                problem = error
    assert problem is not None
    raise _empty(reply) if problem.kind == "empty" else problem


def _check_ending(reply: Reply) -> None:
    words = f": {reply.explanation}" if reply.explanation else ""
    if reply.finish == "refusal":
        raise LLMBackendError(f"the model refused{words}", kind="refused")
    if reply.finish == "filter":
        raise LLMBackendError(f"a content filter withheld the reply{words}", kind="filtered")
    if reply.finish == "length":
        raise LLMBackendError(f"the reply was cut off; raise {reply.limit}", kind="truncated")


def _empty(reply: Reply) -> LLMBackendError:
    words = f": {reply.explanation}" if reply.explanation else ""
    return LLMBackendError(f"the reply is empty{words}", kind="empty")


def parse_json_object(raw: str) -> dict[str, object]:
    """Parse a text that is one JSON object and nothing else, by the letter of RFC 8259.

    NaN and Infinity are refused, and so is a number too large for a float.

    Args:
        raw: The text, of at most 2,000,000 characters and 64 levels.

    Returns:
        The object.

    Raises:
        LLMBackendError: Of kind `not-json`, saying what the text is instead.
    """
    value, problem = _parse(raw)
    if problem is None and not isinstance(value, dict):
        problem = f"the reply is not a JSON object but {_JSON_NAMES[type(value)]}"
    if problem is not None:
        raise LLMBackendError(problem, kind="not-json")
    assert isinstance(value, dict)
    return value


def read_object(raw: str, schema: Mapping[str, object]) -> tuple[str, dict[str, object]]:
    """Find the JSON object in a reply that conforms to a schema.

    The reply may be the object alone, or carry it in a code fence, after the model's thoughts, in
    the middle of prose, or encoded once more as a JSON string. Of several that conform, the last
    one counts.

    Args:
        raw: The reply.
        schema: What the object has to conform to.

    Returns:
        The object's text as it stands in the reply, and the object.

    Raises:
        LLMBackendError: Of kind `empty`, `not-json` or `nonconforming`; the last names the path
            that fails in the most promising object.
    """
    if not raw.strip():
        raise LLMBackendError("the reply is empty", kind="empty")
    whole = raw.strip().removeprefix("\ufeff")
    value, problem = _parse(whole)
    text = whole
    if isinstance(value, str):
        text, (inner, not_json) = value, _parse(value)
        value = value if not_json else inner
    candidates = [(text, value)] if isinstance(value, dict) else []
    if (problem or isinstance(value, str)) and len(raw) <= MAX_REPLY_CHARACTERS:
        said = spoken(text, [(start, end) for start, end, _ in _embedded(text)])
        found_there = deque(_embedded(said), MAX_CANDIDATES)
        candidates = [(said[start:end], each) for start, end, each in found_there]
    broken: str | None = None
    for found, each in reversed(candidates):
        wrong = violation(each, schema)
        if wrong is None:
            return found, each
        broken = broken or wrong
    if broken is not None:
        raise LLMBackendError(
            f"the reply does not conform to the schema: {broken}", kind="nonconforming"
        )
    if problem is None:
        problem = f"the reply is not a JSON object but {_JSON_NAMES[type(value)]}"
    raise LLMBackendError(f"{problem}: {presentable(raw, _MAX_SHOWN)!r}", kind="not-json")


def _embedded(text: str) -> Iterator[tuple[int, int, dict[str, object]]]:
    """JSON objects in the middle of other text, and where each begins and ends.

    They are found within work linear in the text's length.
    """
    budget = 4 * len(text) + 10_000
    start = text.find("{")
    for _ in range(MAX_STARTS):
        if start < 0 or budget <= 0:
            return
        end = start + 1
        try:
            value, end = strict_json.DECODER.raw_decode(text, start)
        except json.JSONDecodeError as error:
            budget -= error.pos - start
        except (ValueError, RecursionError):
            budget -= 10_000
        else:
            budget -= end - start
            if strict_json.is_shallow(value):
                yield start, end, value
        start = text.find("{", end)


def _parse(text: str) -> tuple[object, str | None]:
    """The value and None, or None and what is wrong with the text."""
    if len(text) > MAX_REPLY_CHARACTERS:
        return None, f"the reply is longer than {MAX_REPLY_CHARACTERS:,} characters"
    try:
        return strict_json.parse(text), None
    except json.JSONDecodeError as error:
        return None, f"the reply is not JSON ({error.msg}, at character {error.pos})"
    except ValueError as error:
        return None, f"the reply is not JSON as it should be ({error})"


_JSON_NAMES: dict[type, str] = {
    bool: "a boolean",
    dict: "an object",
    float: "a number",
    int: "a number",
    list: "a list",
    str: "a string",
    type(None): "null",
}
