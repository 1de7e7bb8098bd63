"""What of a request a server refuses by name, so that it can be sent in another form."""

from __future__ import annotations

import re
from typing import Literal

Feature = Literal["system", "stream", "strict", "name", "max_tokens", "temperature"]
"""What a request can do without, or say otherwise: a system message of its own, the word that no
stream is wanted, strict conformance and the name of a schema, the name of the limit on tokens, and
a temperature."""

_SCHEMA = re.compile(
    r"response.?format|response.?schema|json.?schema|json.?object|json.?mode|structured.?output"
    r"|grammar|output.?format|output.?schema|text\.format|tool.?choice|\\[pP]\{",
    re.IGNORECASE,
)
_NO = (
    r"(not (currently )?(supported|allowed|permitted|enabled|accepted|available|implemented)"
    r"|not support|unsupported|unknown|unrecogni[sz]ed|unexpected|extra (inputs|fields?)"
    r"|extra_forbidden|forbidden|deprecated|must be (false|omitted|null)|only .{0,60}default)"
)
_NAMES: dict[Feature, str] = {
    "strict": r"\bstrict\b",
    "name": r"(json_schema|response_format|schema)\W{1,4}name\b",
    "stream": r"\bstream\b",
    "max_tokens": r"\bmax_(completion_)?tokens\b",
    "temperature": r"\btemperature\b",
    "system": r"system.{0,3}(role|message|prompt|instruction)|developer instruction"
    r"|role.{0,30}\bsystem\b",
}
# How servers and the templates of models say it without a word of refusal.
_NO_SYSTEM = (
    r"only user and assistant roles|roles must alternate|invalid (value|role)\W{1,4}system\b"
)
_REFUSED = {
    feature: re.compile(
        rf"({name}).{{0,120}}{_NO}|{_NO}.{{0,120}}({name})"
        + (f"|{_NO_SYSTEM}" if feature == "system" else ""),
        re.IGNORECASE | re.DOTALL,
    )
    for feature, name in _NAMES.items()
}


def is_about_the_schema(message: str) -> bool:
    """Whether a provider's refusal is about the form in which it was asked for an object."""
    return bool(_SCHEMA.search(message))


def refused_feature(message: str) -> Feature | None:
    """What of a request a provider's refusal names.

    Args:
        message: Its words.

    Returns:
        The part that can be left out or said otherwise, or None.
    """
    return next((name for name, said in _REFUSED.items() if said.search(message)), None)


def refused(message: str) -> bool:
    """Whether a refusal is about a form that has another one.

    Args:
        message: The provider's words.

    Returns:
        True if the request may succeed in another form.
    """
    return is_about_the_schema(message) or refused_feature(message) is not None
