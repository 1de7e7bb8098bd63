"""What a provider itself said, which LiteLLM's response does not always tell.

LiteLLM calls a reply complete that Cohere cut off, or that Anthropic cut off in the middle of a
tool's input; it keeps no reason for a filter; and it fails over replies that lack a field which it
does not need. So the body of each response is kept as well.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from openrange.llm import Ending, LLMBackendError, Reply, ending, error_message, read_completion

LIMIT = "max_tokens in extra_params"
_CONTEXT = "the context window, by taking another model"

# Nothing that needs to be told.
_ORDINARY = frozenset(
    [
        "complete",
        "end_turn",
        "eos",
        "eos_token",
        "function_call",
        "load",
        "stop",
        "stop_sequence",
        "tool_call",
        "tool_calls",
        "tool_use",
        "unload",
    ]
)


@dataclass(slots=True)
class Heard:
    """The bodies of the responses to one call, in their order."""

    bodies: list[str] = field(default_factory=list, repr=False)

    def listen(self, details: Mapping[str, object]) -> None:
        """Receive LiteLLM's notes of a call, as its parameter `logger_fn` does."""
        if details.get("log_event_type") == "post_api_call":
            body = details.get("original_response")
            self.bodies.append(body if isinstance(body, str) else json.dumps(body, default=str))

    @property
    def document(self) -> Mapping[str, object]:
        """The last response that is a JSON object, or an empty one."""
        for body in reversed(self.bodies):
            try:
                parsed = json.loads(body)
            except (ValueError, RecursionError):
                continue  # LiteLLM also notes its own error texts
            if isinstance(parsed, dict):
                return parsed
        return {}


def completed(reply: Reply, document: Mapping[str, object]) -> Reply:
    """Add to a reply what the response says and LiteLLM left out.

    Args:
        reply: The reply, as LiteLLM has it.
        document: The response's body.

    Returns:
        The reply, of which a cut, a filter and a refusal are marked as such.

    Raises:
        LLMBackendError: The response carries an error in the place of a reply.
    """
    error = _first(document.get("choices")).get("error")
    if not error and not reply.text:
        error = document.get("error")
    if said := error_message({"error": error}):
        raise LLMBackendError(f"the response carries an error: {said}", kind="server")
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


def misunderstood(heard: Heard, failure: LLMBackendError) -> Reply:
    """Read a response over which LiteLLM failed.

    Args:
        heard: The responses, if there were any.
        failure: How it failed.

    Returns:
        The reply, where the response is one after all.

    Raises:
        LLMBackendError: The response carries an error, or is none; or the failure, where there
            was no response.
    """
    document = heard.document
    message = document.get("message")
    if isinstance(document.get("choices"), Sequence):
        return completed(read_completion(document), document)
    if isinstance(message, Mapping) and "content" in message:  # Cohere and Ollama
        choices = [{"message": message}]
        return completed(read_completion({**document, "choices": choices}), document)
    if said := error_message(document):
        raise LLMBackendError(f"the response carries an error: {said}", kind="server")
    if heard.bodies and failure.kind == "error":
        problem = f"the response is not one of this provider's; {failure}"
        raise LLMBackendError(problem, kind="server", detail=failure.detail)
    raise failure


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
