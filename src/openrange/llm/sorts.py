"""What sort of failure an answer stands for, by the codes and the words that providers use.

The codes and words are those of the providers' pages on errors (OpenAI, Anthropic, Google, Azure,
Groq, Mistral, OpenRouter, Hugging Face, xAI, Bedrock), and of vLLM, llama.cpp and LiteLLM's proxy.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from openrange.errors import Kind

CHECK_THE_KEY = "check the key in {key} and what it may use"
USED_UP = "the account has nothing left; check its plan and its billing"


def _any(*patterns: str) -> re.Pattern[str]:
    return re.compile("|".join(patterns), re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Sort:
    """One sort of failure.

    Args:
        kind: Its kind.
        step: The next step, in which `{key}` stands for where the key comes from.
        said: What is found in the codes or the words.
        statuses: The statuses that it may have; None for any.
        retryable: Whether the same request may succeed later.
        unless: What is found in the words of another sort that sounds like it.
    """

    kind: Kind
    step: str
    said: re.Pattern[str]
    statuses: frozenset[int] | None = None
    retryable: bool = False
    unless: re.Pattern[str] | None = None


# The model's reply was not what was asked for, and the provider looked at it itself. Groq's codes.
OUTPUT = _any(
    r"json_validate_failed|output_parse_failed|tool_use_failed",
    r"failed to (generate|validate|parse).{0,30}json",
    r"(output|generat\w+|response) .{0,60}(not valid|invalid|not match|does not conform).{0,30}"
    r"(json|schema)",
)
# A limit that is lifted by waiting says when; Gemini calls it by the words of a used-up account.
_LATER = _any(r"retry in \d|retry.?delay|per.?(minute|second|hour|day)|\b[tr]p[md]\b")

SORTS = (  # the first that fits counts
    Sort(
        "filtered",
        "change what is asked, or take another model",
        _any(
            r"content_filter|content.?policy.?violation|ResponsibleAIPolicyViolation",
            r"content management policy|requires moderation|was flagged|blocked by .{0,40}safety",
        ),
        frozenset({400, 403, 422, 451}),
    ),
    Sort(
        "rejected",
        "the provider does not serve this place; take another provider",
        _any(
            r"unsupported_country_region_territory",
            r"(country|region|location).{0,40}not (supported|available|allowed)",
            r"not (supported|available|allowed) in your (country|region|location)",
        ),
        frozenset({400, 401, 403, 451}),
    ),
    Sort(
        "rate-limit",
        USED_UP,
        _any(
            r"insufficient.?(quota|balance|credit|fund)|billing.?hard.?limit|payment.?required",
            r"budget.{0,20}exceeded|exceeded.{0,20}budget|credit balance is too low",
            r"out of credits?|no (remaining )?credits?\b|requires? more credits",
        ),
    ),
    Sort(
        "rate-limit",
        USED_UP,
        _any(r"exceeded your current quota|billing|credit balance"),
        frozenset({400, 402, 403, 429}),
        unless=_LATER,
    ),
    Sort(
        "rate-limit",
        "one request is larger than the limit; ask the provider for a higher one",
        _any(r"request too large|too large for model"),
        frozenset({413, 429}),
    ),
    Sort(
        "rejected",
        "the request does not fit the model; take one with a larger context window",
        _any(
            r"context.?(length|window)|context size|maximum context|reduce the length",
            r"(prompt|input) is too long|too many (input |prompt )?tokens",
            r"(input|prompt) tokens? .{0,60}exceed",
        ),
        frozenset({400, 413, 422, 500}),
    ),
    Sort(
        "auth",
        CHECK_THE_KEY,
        _any(
            r"(invalid|incorrect|wrong|expired|bad|malformed|no such|missing).{0,12}api.?key",
            r"api.?key.{0,20}(not valid|invalid|incorrect|expired|not found|disabled|revoked)",
            r"API_KEY_INVALID|invalid_api_key|invalid_token|authentication.?(error|failed)",
            r"no auth credentials|UnrecognizedClientException",
            r"security token .{0,30}(invalid|expired)",
        ),
        frozenset({400, 401, 403, 404, 500}),
    ),
    Sort(
        "rejected",
        "check the model's name",
        _any(
            r"model.?not.?found|no such model|unknown.?model|invalid model name|not a valid model",
            r"model .{0,120}(does not exist|not found|not exist|decommissioned)|no endpoints found",
            r"model_decommissioned|does not exist or you do not have access",
        ),
        frozenset({400, 403, 404, 422, 500, 503}),
    ),
    Sort(
        "server",
        "the model is loading; wait a moment",
        _any(r"(?<!error )(?<!failed )\bloading\b|is starting|warming up|cold.?start"),
        frozenset({500, 502, 503, 504}),
        retryable=True,
    ),
    Sort(
        "server",
        "the provider is overloaded; try again later",
        _any(r"overloaded|(over|no|exceeded) capacity|capacity exceeded"),
        frozenset({400, 500, 502, 503, 529}),
        retryable=True,
    ),
    Sort(
        "rate-limit",
        "wait, or ask the provider for a higher limit",
        _any(r"rate.?limit|RESOURCE_EXHAUSTED|too.many.requests|throttl"),
        frozenset({400, 403, 429, 500, 503}),
        retryable=True,
    ),
)
