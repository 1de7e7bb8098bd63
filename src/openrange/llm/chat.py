"""The Chat Completions format, written and read, which many servers and libraries share."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

from openrange.errors import LLMBackendError
from openrange.llm.failure import http_failure
from openrange.llm.forms import Ask
from openrange.llm.recording import Usage
from openrange.llm.reply import Ending, Reply
from openrange.llm.said import heard
from openrange.llm.schema import qualifies_for_strict

RESPONSE_NAME = "openrange_response"
# Where vLLM, DeepSeek, OpenRouter and others give what a model thought; and its types among parts.
_THOUGHTS = ("reasoning_content", "reasoning", "thinking")
_THOUGHT_PARTS = frozenset({"thinking", "redacted_thinking", "reasoning", "thought"})

# Why a model stopped, in the words of OpenAI, Anthropic, Bedrock, Cohere, Gemini, Mistral and
# Ollama. Gateways pass them on as they are.
_ENDINGS: dict[str, Ending] = {
    **dict.fromkeys(
        ("length", "max_tokens", "max_output_tokens", "model_length", "error_limit"), "length"
    ),
    **dict.fromkeys(("context_window_exceeded", "model_context_window_exceeded"), "length"),
    **dict.fromkeys(("content_filter", "content_filtered", "error_toxic", "sensitive"), "filter"),
    **dict.fromkeys(("safety", "recitation", "blocklist", "prohibited_content", "spii"), "filter"),
    **dict.fromkeys(("language", "image_safety", "guardrail_intervened"), "filter"),
    "refusal": "refusal",
}


def messages(ask: Ask) -> list[dict[str, str]]:
    """The conversation to send, in system and user roles.

    Args:
        ask: What to ask.

    Returns:
        One or two messages.
    """
    user = {"role": "user", "content": ask.prompt}
    return [user] if ask.system is None else [{"role": "system", "content": ask.system}, user]


def request_body(ask: Ask, model: str, strict: bool | None = None) -> dict[str, object]:
    """The body of a request.

    Args:
        ask: What to ask.
        model: The model's name.
        strict: Whether to ask for strict conformance; None asks for it where the schema already
            qualifies.

    Returns:
        Model and messages, the word that no stream is wanted, and a `response_format` where the
        reply is to be an object by the provider's structured output or its JSON mode.
    """
    body: dict[str, object] = {"model": model, "messages": messages(ask)}
    if "stream" not in ask.without:
        body["stream"] = False
    if response_format := response_format_of(ask, ask.schema, strict):
        body["response_format"] = response_format
    return body


def response_format_of(
    ask: Ask, schema: Mapping[str, object] | None, strict: bool | None = None
) -> dict[str, object] | None:
    """The `response_format` of a request.

    Args:
        ask: What to ask.
        schema: The schema as it is sent; None where the form is not `native`.
        strict: Whether to ask for strict conformance; None asks for it where the schema already
            qualifies.

    Returns:
        The field's value, without what the provider refused by name; None for the other forms.
    """
    if ask.form == "json":
        return {"type": "json_object"}
    if schema is None:
        return None
    described: dict[str, object] = {"name": RESPONSE_NAME, "schema": schema}
    if "name" in ask.without:
        del described["name"]
    if "strict" not in ask.without:
        described["strict"] = qualifies_for_strict(schema) if strict is None else strict
    return {"type": "json_schema", "json_schema": described}


def settings_of(settings: Mapping[str, object], ask: Ask) -> dict[str, object]:
    """A caller's own settings of a request, as the provider takes them.

    Args:
        settings: Fields of the body, such as `temperature` and `max_tokens`.
        ask: What to ask, which says what the provider refused by name.

    Returns:
        The same without a refused temperature, and with the limit on tokens under its other name
        where one is refused.
    """
    kept = dict(settings)
    if "temperature" in ask.without:
        kept.pop("temperature", None)
    if "max_tokens" in ask.without:
        old, new = "max_tokens", "max_completion_tokens"
        if old not in kept:
            old, new = new, old
        if old in kept:
            kept[new] = kept.pop(old)
    return kept


def read_completion(document: object, *, key_source: str = "its variable") -> Reply:
    """Read a Chat Completions response.

    Args:
        document: The parsed response body.
        key_source: Where the key comes from, for an error in it.

    Returns:
        The reply, of which a refusal, a filter and a cut are marked as such.

    Raises:
        LLMBackendError: The document is no such response, or carries an error.
    """
    body = _mapping(document)
    if not body:
        raise LLMBackendError("the response is not a JSON object", kind="server", retryable=True)
    choices = body.get("choices")
    choice = _mapping(choices[0]) if isinstance(choices, Sequence) and choices else {}
    message = _mapping(choice.get("message"))
    content = _text(message.get("content"))
    # Beside a choice, other words than an error may well tell of a success.
    beside = {"error": body.get("error")} if choice else body
    for place in ({"error": choice.get("error")}, {} if content else beside):
        if failure := carried_failure(place, key_source=key_source):
            raise failure
    if not choice:
        raise LLMBackendError("the response is empty", kind="empty")
    refusal = _text(message.get("refusal"))
    finish = ending(choice.get("finish_reason"))
    if refusal and not content:
        finish = "refusal"
    model = body.get("model")
    return Reply(
        text=content,
        elsewhere=tuple(_arguments(message)),
        thoughts=tuple(filter(None, map(_text, map(message.get, _THOUGHTS)))),
        finish=finish,
        explanation=refusal or (content if finish in ("refusal", "filter") else "") or None,
        limit="max_tokens",
        usage=_usage(_mapping(body.get("usage"))),
        model=model if isinstance(model, str) else None,
    )


def carried_failure(
    document: object, *, key_source: str = "its variable"
) -> LLMBackendError | None:
    """The failure that the body of a success carries, as gateways send them.

    Args:
        document: The parsed body, or a part of it.
        key_source: Where the key comes from, for the next step.

    Returns:
        The failure, judged by its own codes; None where there is none.
    """
    body = _mapping(document)
    said = error_message(body)
    if not said:
        return None
    text = json.dumps(dict(body), default=str)
    return http_failure(None, said, key_source=key_source, document=text)


def error_message(document: object) -> str:
    """The message of an error response.

    Args:
        document: The parsed response body.

    Returns:
        The message, plain and without markup; empty when the document is none of an error.
    """
    body = _mapping(document)
    is_error = any(body.get(name) for name in ("error", "errors", "message", "detail", "msg"))
    return heard(body).words if is_error else ""


def ending(reason: object) -> Ending:
    """What a provider's reason for the end of a reply comes to.

    Args:
        reason: Such as `stop`, `MAX_TOKENS` or `content_filter`.

    Returns:
        `stop` also for a reason that is not known.
    """
    return _ENDINGS.get(str(reason).lower(), "stop")


def _arguments(message: Mapping[str, object]) -> list[str]:
    """The arguments of calls of tools, in which an object may stand."""
    calls = message.get("tool_calls")
    functions = [_mapping(message.get("function_call"))]
    if isinstance(calls, Sequence):
        functions = [_mapping(_mapping(call).get("function")) for call in calls] + functions
    texts = [_text(function.get("arguments")) for function in functions]
    return [text for text in texts if text]


def _usage(usage: Mapping[str, object]) -> Usage:
    prompt = _mapping(usage.get("prompt_tokens_details"))
    completion = _mapping(usage.get("completion_tokens_details"))
    return Usage(
        input_tokens=Usage.count(usage.get("prompt_tokens")),
        output_tokens=Usage.count(usage.get("completion_tokens")),
        cached_tokens=Usage.count(prompt.get("cached_tokens")),
        reasoning_tokens=Usage.count(completion.get("reasoning_tokens")),
    )


def _text(content: object) -> str:
    """Plain text, also where it is given as a list of parts, of which thoughts are none.

    What is an object where text is due is the reply's object itself.
    """
    if isinstance(content, str):
        return content
    if isinstance(content, Mapping):
        text = content.get("text")
        is_part = isinstance(text, str) and content.get("type") in ("text", "output_text")
        return str(text) if is_part else json.dumps(dict(content), default=str)
    if isinstance(content, Sequence):
        return "".join(_text_of_part(part) for part in content)
    return ""


def _text_of_part(part: object) -> str:
    if isinstance(part, str):
        return part
    held = _mapping(part)
    is_thought = held.get("thought") is True or str(held.get("type")) in _THOUGHT_PARTS
    text = held.get("text")
    return text if isinstance(text, str) and not is_thought else ""


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
