"""From LiteLLM's response object, and from what the provider itself said, to a reply.

LiteLLM calls a reply complete that Cohere cut off, or that Anthropic cut off in the middle of a
tool's input; it keeps no reason for a filter; and it fails over replies that lack a field which it
does not need. So the bodies of the responses are read as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from openrange.llm import (
    Ending,
    LLMBackendError,
    Reply,
    carried_failure,
    ending,
    parsed_body,
    read_completion,
)
from openrange_litellm.bounds import Bounds
from openrange_litellm.failures import Call

LIMIT = "max_tokens in extra_params"
_CONTEXT = "the context window, by taking another model"
_MAX_UNPRICED = 1000
_UNPRICED: set[tuple[str, str]] = set()  # the search for a price takes longest where there is none

# Nothing that needs to be told.
_ORDINARY = frozenset(
    {
        *("complete", "end_turn", "eos", "eos_token", "function_call", "load", "stop"),
        *("stop_sequence", "tool_call", "tool_calls", "tool_use", "unload"),
    }
)


def read_response(
    litellm: Any, response: Any, call: Call, bodies: Sequence[str], model: str
) -> Reply:
    """Read what `litellm.completion` returned.

    Args:
        litellm: The module, which knows prices.
        response: Its `ModelResponse`.
        call: What was called.
        bodies: The bodies of the provider's own responses, which say more.
        model: The name of the model that was asked for.

    Returns:
        The reply, with its price where LiteLLM knows it.

    Raises:
        LLMBackendError: The response is empty, or carries an error.
    """
    document = response.model_dump(warnings=False)
    for choice in document.get("choices") or ():
        message = choice.get("message") or {}
        # LiteLLM's messages have no field for a refusal; it stands among what is left over.
        left_over = message.get("provider_specific_fields") or {}
        message.setdefault("refusal", left_over.get("refusal"))
    reply = _completed(_read(document, call), _document(bodies), call)
    return replace(reply, usage=replace(reply.usage, cost_usd=_cost(litellm, response, model)))


def _read(document: Mapping[str, object], call: Call) -> Reply:
    return read_completion(document, key_source=call.key_source)


def _carried(document: object, call: Call) -> LLMBackendError | None:
    return carried_failure(document, key_source=call.key_source)


def _completed(reply: Reply, document: Mapping[str, object], call: Call) -> Reply:
    """The reply, of which a cut, a filter and a refusal are marked as the response says."""
    error = _first(document.get("choices")).get("error")
    if not error and not reply.text:
        error = document.get("error")
    if failure := _carried({"error": error}, call):
        raise failure
    reason, finish = _reason(document)
    if finish == "stop":
        finish = reply.finish
    explanation = reply.explanation or _explanation(document)
    if finish == "refusal":
        explanation = explanation or reply.text
    elif reason.lower() not in _ORDINARY | {""}:
        explanation = ": ".join(filter(None, (reason, explanation)))
    limit = _CONTEXT if "context" in reason.lower() else LIMIT
    return replace(reply, finish=finish, explanation=explanation or None, limit=limit)


def misunderstood(bounds: Bounds, failure: LLMBackendError, call: Call) -> Reply:
    """Read a response over which LiteLLM failed.

    Args:
        bounds: What was seen of the call.
        failure: How it failed.
        call: What was called.

    Returns:
        The reply, where the response is one after all.

    Raises:
        LLMBackendError: The response carries an error, or is none; or the failure, where there
            was no response, or a bound was passed.
    """
    if bounds.failure or not bounds.bodies:
        raise failure
    given = bounds.answered.headers.get("content-type", "") if bounds.answered else ""
    parsed = parsed_body(bounds.bodies[-1], given, bounds.asked, call.secrets)
    document = _document(bounds.bodies) or _mapping(parsed)
    message = document.get("message")
    if isinstance(document.get("choices"), Sequence):
        return _completed(_read(document, call), document, call)
    if isinstance(message, Mapping) and "content" in message:  # Cohere and Ollama
        choices = [{"message": message}]
        return _completed(_read({**document, "choices": choices}, call), document, call)
    if carried := _carried(document, call):
        raise carried
    if failure.kind == "error":
        problem = f"the response is not one of this provider's; {failure}"
        raise LLMBackendError(problem, kind="server", detail=failure.detail)
    raise failure


def _document(bodies: Sequence[str]) -> Mapping[str, object]:
    """The last response that is a JSON object, or an empty one."""
    for body in reversed(bodies):
        try:
            parsed = json.loads(body)
        except (ValueError, RecursionError):
            continue
        if isinstance(parsed, dict):
            return parsed
    return {}


def _cost(litellm: Any, response: Any, asked: str) -> float | None:
    """The price in US dollars. LiteLLM says 0 for a model that it has no price of."""
    model = (asked, str(response.model))
    if model in _UNPRICED or model[1].startswith("ollama"):
        return None  # Ollama's server would be asked by LiteLLM, without a deadline
    try:
        cost = litellm.completion_cost(completion_response=response)
    except Exception as error:  # noqa: BLE001 - no price for this model, or a field that it misses
        if "isn't mapped" in str(error) and len(_UNPRICED) < _MAX_UNPRICED:
            _UNPRICED.add(model)
        return None
    return float(cost) if isinstance(cost, int | float) and cost > 0 else None


def _reason(document: Mapping[str, object]) -> tuple[str, Ending]:
    """Why the reply ended, in the provider's word and in ours."""
    choice, candidate = _first(document.get("choices")), _first(document.get("candidates"))
    blocked = _mapping(document.get("promptFeedback")).get("blockReason")
    if isinstance(blocked, str):
        return blocked, "filter"
    given = (
        choice.get("finish_reason"),
        choice.get("native_finish_reason"),  # OpenRouter
        candidate.get("finishReason"),  # Gemini
        document.get("stop_reason"),  # Anthropic
        document.get("stopReason"),  # Bedrock
        document.get("finish_reason"),  # Cohere
        document.get("done_reason"),  # Ollama
    )
    reasons = [reason for reason in given if isinstance(reason, str)]
    telling = [reason for reason in reasons if ending(reason) != "stop"]
    unusual = [reason for reason in reasons if reason.lower() not in _ORDINARY]
    reason = next(iter([*telling, *unusual, *reasons]), "")
    return reason, ending(reason)


def _explanation(document: Mapping[str, object]) -> str | None:
    candidate = _first(document.get("candidates"))
    given = (
        candidate.get("finishMessage"),
        _mapping(document.get("promptFeedback")).get("blockReasonMessage"),
        _mapping(document.get("stop_details")).get("explanation"),  # Anthropic
    )
    return next((words for words in given if isinstance(words, str) and words.strip()), None)


def _first(value: object) -> Mapping[str, object]:
    is_list = isinstance(value, Sequence) and not isinstance(value, str)
    return _mapping(value[0]) if is_list and value else {}  # type: ignore[index]


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
