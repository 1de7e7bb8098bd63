"""Requests and replies of the providers that the README names, each in its own shape.

The functions named after a provider make its response around a text; `end` is the reason in the
provider's own word. Those that take a body find something in a request.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, Protocol

from openrange import LLMBackendError
from openrange.llm import parse_json_object

Body = Any
"""A request's or a response's body, as JSON."""


class MakeReply(Protocol):
    """Makes a provider's response around a text."""

    def __call__(self, text: str | None, *, end: str | None = None, thought: str = "") -> Body: ...


# Chat Completions, as spoken by OpenAI and by most others.


def in_messages(body: Body) -> tuple[str, str]:
    system, user = body["messages"]
    assert (system["role"], user["role"]) == ("system", "user")
    return system["content"], user["content"]


def as_response_format(body: Body) -> object:
    asked = body["response_format"]
    assert asked["type"] == "json_schema"
    assert asked["json_schema"]["name"] == "openrange_response"
    return asked["json_schema"]["schema"]


def as_tool(body: Body) -> object:
    (tool,) = body["tools"]
    assert body["tool_choice"]["function"]["name"] == tool["function"]["name"]
    return tool["function"]["parameters"]


def completion(
    message: Mapping[str, object],
    end: str | None,
    usage: Mapping[str, object],
    choice: Mapping[str, object] | None = None,
    **top: object,
) -> Body:
    first = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": end}
    return {
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 1_790_000_000,
        "model": "the-model",
        "choices": [first | dict(choice or {})],
        "usage": {"prompt_tokens": 11, "completion_tokens": 7, "total_tokens": 18, **usage},
        **top,
    }


CACHED = {"prompt_tokens_details": {"cached_tokens": 3}}
REASONED = {"completion_tokens_details": {"reasoning_tokens": 2}}


def openai(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message: dict[str, object] = {"content": text, "refusal": None, "annotations": []}
    return completion(message, end or "stop", CACHED | REASONED, system_fingerprint="fp_1")


def openrouter(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text, "refusal": None, "reasoning": thought or None}
    choice = {"native_finish_reason": end or "end_turn", "logprobs": None}
    usage = CACHED | REASONED | {"cost": 0.00125}
    return completion(message, end or "stop", usage, choice, provider="Anthropic")


def groq(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text} | ({"reasoning": thought} if thought else {})
    usage = CACHED | REASONED | {"queue_time": 0.01, "total_time": 0.1}
    top = {"service_tier": "on_demand", "x_groq": {"id": "req_1"}}
    return completion(message, end or "stop", usage, **top)


def groq_tool(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    function = {"name": "json_tool_call", "arguments": text or ""}
    message: dict[str, object] = {"tool_calls": [{"id": "1", "type": "function"}]}
    message["tool_calls"][0]["function"] = function  # type: ignore[index]
    if thought:
        message["reasoning"] = thought
    return completion(message, end or "tool_calls", CACHED | REASONED, service_tier="on_demand")


def together(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text, "tool_calls": [], "reasoning": thought or None}
    choice = {"seed": 12, "logprobs": None}
    return completion(message, end or "stop", {"cached_tokens": 0}, choice, prompt=[])


def fireworks(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text} | ({"reasoning_content": thought} if thought else {})
    return completion(message, end or "stop", CACHED)


def deepseek(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text, "reasoning_content": thought or "Hm."}
    usage = CACHED | REASONED | {"prompt_cache_hit_tokens": 3, "prompt_cache_miss_tokens": 8}
    return completion(message, end or "stop", usage, {"logprobs": None})


def mistral(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    content: object = text
    if thought:  # Magistral's way
        thinking = {"type": "thinking", "thinking": [{"type": "text", "text": thought}]}
        content = [thinking, {"type": "text", "text": text or ""}]
    return completion({"content": content, "tool_calls": None, "prefix": False}, end or "stop", {})


def vllm(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text, "reasoning_content": thought or None, "tool_calls": []}
    choice = {"stop_reason": None, "logprobs": None}
    usage: dict[str, object] = {"prompt_tokens_details": None}
    return completion(message, end or "stop", usage, choice, kv_transfer_params=None)


def llama_cpp(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message = {"content": text} | ({"reasoning_content": thought} if thought else {})
    timings = {"cache_n": 0, "prompt_n": 11, "predicted_n": 7}
    return completion(message, end or "stop", {}, timings=timings, system_fingerprint="b7000")


# The others.


def anthropic(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    content: list[object] = []
    if thought:
        content.append({"type": "thinking", "thinking": thought, "signature": "c2ln"})
    if text is not None:
        content.append({"type": "text", "text": text})
    return anthropic_message(content, end or "end_turn")


def anthropic_message(content: list[object], end: str, **top: object) -> Body:
    return {
        "id": "msg_1",
        "type": "message",
        "role": "assistant",
        "model": "the-model",
        "content": content,
        "stop_reason": end,
        "stop_sequence": None,
        "usage": {"input_tokens": 8, "cache_read_input_tokens": 3, "output_tokens": 7},
        **top,
    }


def anthropic_tool(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    """The forced tool of older models; the API itself parses its input."""
    try:
        given = parse_json_object(text or "{}")
    except LLMBackendError:
        return anthropic(text, end=end, thought=thought)
    content: list[object] = [
        {"type": "tool_use", "id": "toolu_1", "name": "json_tool_call", "input": given}
    ]
    return anthropic_message(content, end or "tool_use")


def anthropic_said(body: Body) -> tuple[str, str]:
    (system,), (message,) = body["system"], body["messages"]
    (part,) = message["content"]
    assert message["role"] == "user"
    return system["text"], part["text"]


def anthropic_tool_schema(body: Body) -> object:
    (tool,) = body["tools"]
    assert body["tool_choice"] == {"type": "tool", "name": tool["name"]}
    return tool["input_schema"]


def gemini(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    parts: list[object] = [{"text": thought, "thought": True}] if thought else []
    parts += [] if text is None else [{"text": text}]
    candidate: dict[str, object] = {"finishReason": end or "STOP", "index": 0}
    if parts:
        candidate["content"] = {"role": "model", "parts": parts}
    return gemini_response([candidate])


def gemini_response(candidates: list[object], **top: object) -> Body:
    usage = {"promptTokenCount": 11, "candidatesTokenCount": 5, "thoughtsTokenCount": 2}
    counted = usage | {"cachedContentTokenCount": 3, "totalTokenCount": 18}
    return {"candidates": candidates, "usageMetadata": counted, "modelVersion": "m", **top}


def gemini_said(body: Body) -> tuple[str, str]:
    (system,), (content,) = body["system_instruction"]["parts"], body["contents"]
    (part,) = content["parts"]
    assert content["role"] == "user"
    return system["text"], part["text"]


def gemini_schema(body: Body) -> object:
    config = body["generationConfig"]
    assert config["response_mime_type"] == "application/json"
    return config["response_json_schema"]


def bedrock(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    content: list[object] = []
    if thought:
        content.append({"reasoningContent": {"reasoningText": {"text": thought}}})
    if text is not None:
        content.append({"text": text})
    return bedrock_response(content, end or "end_turn")


def bedrock_tool(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    try:
        given = parse_json_object(text or "{}")
    except LLMBackendError:
        return bedrock(text, end=end, thought=thought)
    use = {"toolUseId": "tooluse_1", "name": "json_tool_call", "input": given}
    return bedrock_response([{"toolUse": use}], end or "tool_use")


def bedrock_response(content: list[object], end: str) -> Body:
    usage = {"inputTokens": 8, "outputTokens": 7, "totalTokens": 18, "cacheReadInputTokens": 3}
    message = {"role": "assistant", "content": content}
    metrics = {"latencyMs": 120}
    return {"output": {"message": message}, "stopReason": end, "usage": usage, "metrics": metrics}


def bedrock_said(body: Body) -> tuple[str, str]:
    (system,), (message,) = body["system"], body["messages"]
    (part,) = message["content"]
    return system["text"], part["text"]


def bedrock_schema(body: Body) -> object:
    asked = body["outputConfig"]["textFormat"]
    assert asked["type"] == "json_schema"
    return json.loads(asked["structure"]["jsonSchema"]["schema"])


def bedrock_tool_schema(body: Body) -> object:
    (tool,) = body["toolConfig"]["tools"]
    # This API knows no `additionalProperties`; the reply is judged by it nonetheless.
    return tool["toolSpec"]["inputSchema"]["json"] | {"additionalProperties": False}


def cohere(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    content: list[object] = [{"type": "thinking", "thinking": thought}] if thought else []
    content += [] if text is None else [{"type": "text", "text": text}]
    tokens = {"input_tokens": 11, "output_tokens": 7}
    return {
        "id": "c14c80c3",
        "message": {"role": "assistant", "content": content},
        "finish_reason": end or "COMPLETE",
        "usage": {"billed_units": tokens, "tokens": tokens},
    }


def in_the_prompt(body: Body) -> object:
    return json.loads(body["messages"][-1]["content"].splitlines()[-1])


def ollama(text: str | None, *, end: str | None = None, thought: str = "") -> Body:
    message: dict[str, object] = {"role": "assistant", "content": text or ""}
    if thought:
        message["thinking"] = thought
    return {
        "model": "llama3.1",
        "created_at": "2026-11-22T10:00:00.0Z",
        "message": message,
        "done": True,
        "done_reason": end or "stop",
        "total_duration": 5_000_000,
        "prompt_eval_count": 11,
        "eval_count": 7,
    }
