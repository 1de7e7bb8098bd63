"""The Chat Completions format, written and read, which many servers and libraries share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.errors import LLMBackendError
from openrange.llm.forms import Ask
from openrange.llm.recording import Usage
from openrange.llm.reply import Ending, Reply
from openrange.llm.schema import qualifies_for_strict

RESPONSE_NAME = "openrange_response"

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
        Model and messages, and a `response_format` where the reply is to be an object by the
        provider's structured output or its JSON mode.
    """
    body: dict[str, object] = {"model": model, "messages": messages(ask)}
    if ask.form == "json":
        body["response_format"] = {"type": "json_object"}
    elif ask.schema is not None:
        if strict is None:
            strict = qualifies_for_strict(ask.schema)
        described = {"name": RESPONSE_NAME, "schema": ask.schema, "strict": strict}
        body["response_format"] = {"type": "json_schema", "json_schema": described}
    return body


def read_completion(document: object) -> Reply:
    """Read a Chat Completions response.

    Args:
        document: The parsed response body.

    Returns:
        The reply, of which a refusal, a filter and a cut are marked as such.

    Raises:
        LLMBackendError: The document is no such response, or carries an error.
    """
    body = _mapping(document)
    if not body:
        raise LLMBackendError("the response is not a JSON object", kind="server", retryable=True)
    choices = body.get("choices")
    if not isinstance(choices, Sequence) or not choices:
        said = error_message(body)
        problem = f"the response carries an error: {said}" if said else "the response is empty"
        raise LLMBackendError(problem, kind="server" if said else "empty")
    choice = _mapping(choices[0])
    message = _mapping(choice.get("message"))
    if said := error_message(choice):
        raise LLMBackendError(f"the response carries an error: {said}", kind="server")
    refusal = _text(message.get("refusal"))
    content = _text(message.get("content"))
    finish = ending(choice.get("finish_reason"))
    if refusal and not content:
        finish = "refusal"
    model = body.get("model")
    return Reply(
        text=content,
        elsewhere=tuple(_elsewhere(message)),
        finish=finish,
        explanation=refusal or (content if finish in ("refusal", "filter") else "") or None,
        limit="max_tokens",
        usage=_usage(_mapping(body.get("usage"))),
        model=model if isinstance(model, str) else None,
    )


def error_message(document: object) -> str:
    """The message of an error response.

    Args:
        document: The parsed response body.

    Returns:
        The message, or an empty text when the document holds none.
    """
    body = _mapping(document)
    error = body.get("error")
    for value in (_mapping(error).get("message"), error, body.get("message"), body.get("detail")):
        if isinstance(value, str) and value.strip():
            return value
    return str(error) if error else ""


def ending(reason: object) -> Ending:
    """What a provider's reason for the end of a reply comes to.

    Args:
        reason: Such as `stop`, `MAX_TOKENS` or `content_filter`.

    Returns:
        `stop` also for a reason that is not known.
    """
    return _ENDINGS.get(str(reason).lower(), "stop")


def _elsewhere(message: Mapping[str, object]) -> list[str]:
    """Where else an object may stand: the arguments of a call, and the model's reasoning."""
    calls = message.get("tool_calls")
    functions = [_mapping(message.get("function_call"))]
    if isinstance(calls, Sequence):
        functions = [_mapping(_mapping(call).get("function")) for call in calls] + functions
    texts = [_text(function.get("arguments")) for function in functions]
    thoughts = [_text(message.get(name)) for name in ("reasoning_content", "reasoning")]
    # What was only thought is no reply; unless it holds one, the reply is empty.
    return [text for text in texts if text] + [text for text in thoughts if "{" in text]


def _usage(usage: Mapping[str, object]) -> Usage:
    prompt = _mapping(usage.get("prompt_tokens_details"))
    completion = _mapping(usage.get("completion_tokens_details"))
    return Usage(
        input_tokens=_count(usage.get("prompt_tokens")),
        output_tokens=_count(usage.get("completion_tokens")),
        cached_tokens=_count(prompt.get("cached_tokens")),
        reasoning_tokens=_count(completion.get("reasoning_tokens")),
    )


def _text(content: object) -> str:
    """Plain text, also where it is given as a list of parts."""
    if isinstance(content, str):
        return content
    if isinstance(content, Sequence):
        return "".join(_text(_mapping(part).get("text")) for part in content)
    return ""


def _count(value: object) -> int | None:
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def _mapping(value: object) -> Mapping[str, object]:
    return value if isinstance(value, Mapping) else {}
