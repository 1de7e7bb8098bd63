"""The providers that the README names, each with its requests and its replies in its own shape."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

from openrange_litellm import LiteLLMBackend

from openrange import LLMBackend
from openrange.backends.openai_compatible import OpenAICompatibleBackend
from openrange.llm import Usage

KEY = "own-key-of-the-provider-0123456789"
SYSTEM, PROMPT = "Be brief.", "Where?"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
Body = Any
"""A request's body, as JSON."""


class MakeReply(Protocol):
    """Makes a provider's response around a text."""

    def __call__(self, text: str | None, *, end: str | None = None, thought: str = "") -> Body: ...


@dataclass(frozen=True)
class Wire:
    """One provider.

    Args:
        name: What the README calls it, and how it is reached where there are several ways.
        variable: What the user sets.
        make: The backend, made after the variable was set.
        url: Where the request goes.
        headers: What it signs in with.
        said: The system message and the prompt of a request.
        schema: The schema of a request, at its place.
        reply: Makes a response; `end` is the reason in the provider's own word.
        used: What the replies report as used, besides the cost.
        cut: The provider's word for a reply that hit the limit on tokens.
        withheld: Its word for a reply that a filter withheld, if it has one.
        thought: What the replies report as used for hidden reasoning, if they carry it.
    """

    name: str
    variable: tuple[str, str]
    make: Callable[[], LLMBackend]
    url: str
    headers: Mapping[str, str]
    said: Callable[[Body], tuple[str, str]]
    schema: Callable[[Body], object]
    reply: MakeReply
    used: Usage
    cut: str = "length"
    withheld: str | None = "content_filter"
    carries_thought: bool = True
    model: str | None = None
    extra: Mapping[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return self.name


def litellm(model: str, **fields: Any) -> Callable[[], LLMBackend]:
    """A backend that sends each request once."""
    return lambda: LiteLLMBackend(model, max_retries=0, max_reasks=0, **fields)


def compatible(base_url: str, model: str) -> Callable[[], LLMBackend]:
    """The same over Chat Completions, without LiteLLM."""
    return lambda: OpenAICompatibleBackend(base_url, model, max_retries=0, max_reasks=0)


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
COUNTED = Usage(requests=1, input_tokens=11, output_tokens=7)
FULLY = Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3, reasoning_tokens=2)


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
    return completion(message, end or "tool_calls", {}, service_tier="on_demand")


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
        given = json.loads(text or "{}")
    except ValueError:
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
        given = json.loads(text or "{}")
    except ValueError:
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


BEARER = {"authorization": f"Bearer {KEY}"}
VERTEX_TOKEN = "token-of-a-google-account-0123456789"
VLLM = "http://vllm.test:8000/v1"
LLAMA = "http://127.0.0.1:8080/v1"


def _chat(
    name: str, variable: str, model: str, url: str, reply: MakeReply, used: Usage, **more: Any
) -> Wire:
    parts = {"said": in_messages, "schema": as_response_format, "headers": BEARER} | more
    return Wire(name, (variable, KEY), litellm(model), url, reply=reply, used=used, **parts)


WIRES = (
    _chat(
        "OpenAI",
        "OPENAI_API_KEY",
        "openai/gpt-4o",
        "https://api.openai.com/v1/chat/completions",
        openai,
        FULLY,
        carries_thought=False,
    ),
    Wire(
        "Anthropic",
        ("ANTHROPIC_API_KEY", KEY),
        litellm("anthropic/claude-sonnet-4-6"),
        "https://api.anthropic.com/v1/messages",
        {"x-api-key": KEY, "anthropic-version": "2023-06-01"},
        anthropic_said,
        lambda body: body["output_format"]["schema"],
        anthropic,
        Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3, reasoning_tokens=0),
        cut="max_tokens",
        withheld=None,
    ),
    Wire(
        "Anthropic by a tool",
        ("ANTHROPIC_API_KEY", KEY),
        litellm("anthropic/claude-3-5-sonnet-20240620"),
        "https://api.anthropic.com/v1/messages",
        {"x-api-key": KEY},
        anthropic_said,
        anthropic_tool_schema,
        anthropic_tool,
        Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3, reasoning_tokens=0),
        cut="max_tokens",
        withheld=None,
    ),
    Wire(
        "Gemini",
        ("GEMINI_API_KEY", KEY),
        litellm("gemini/gemini-3.5-flash"),
        "https://generativelanguage.googleapis.com/v1alpha/models/gemini-3.5-flash:generateContent",
        {"x-goog-api-key": KEY},
        gemini_said,
        gemini_schema,
        gemini,
        FULLY,
        cut="MAX_TOKENS",
        withheld="SAFETY",
    ),
    Wire(
        "Bedrock",
        ("AWS_BEARER_TOKEN_BEDROCK", KEY),
        litellm("bedrock/global.anthropic.claude-sonnet-4-6"),
        "https://bedrock-runtime.us-west-2.amazonaws.com"
        "/model/global.anthropic.claude-sonnet-4-6/converse",
        BEARER,
        bedrock_said,
        bedrock_schema,
        bedrock,
        Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3),
        cut="max_tokens",
        withheld="content_filtered",
    ),
    Wire(
        "Bedrock by a tool",
        ("AWS_BEARER_TOKEN_BEDROCK", KEY),
        litellm("bedrock/amazon.nova-pro-v1:0"),
        "https://bedrock-runtime.us-west-2.amazonaws.com/model/amazon.nova-pro-v1%3A0/converse",
        BEARER,
        bedrock_said,
        bedrock_tool_schema,
        bedrock_tool,
        Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3),
        cut="max_tokens",
        withheld="guardrail_intervened",
    ),
    Wire(
        "Vertex",
        ("VERTEXAI_PROJECT", "my-project"),
        litellm("vertex_ai/gemini-3.5-flash"),
        "https://aiplatform.googleapis.com/v1/projects/my-project/locations/global"
        "/publishers/google/models/gemini-3.5-flash:generateContent",
        {"authorization": f"Bearer {VERTEX_TOKEN}"},
        gemini_said,
        gemini_schema,
        gemini,
        FULLY,
        cut="MAX_TOKENS",
        withheld="PROHIBITED_CONTENT",
    ),
    _chat(
        "Cohere",
        "COHERE_API_KEY",
        "cohere/command-a-03-2025",
        "https://api.cohere.com/v2/chat",
        cohere,
        COUNTED,
        schema=in_the_prompt,
        cut="MAX_TOKENS",
        withheld="ERROR_TOXIC",
        carries_thought=False,
    ),
    _chat(
        "OpenRouter",
        "OPENROUTER_API_KEY",
        "openrouter/anthropic/claude-sonnet-4.6",
        "https://openrouter.ai/api/v1/chat/completions",
        openrouter,
        FULLY,
    ),
    _chat(
        "Groq",
        "GROQ_API_KEY",
        "groq/openai/gpt-oss-120b",
        "https://api.groq.com/openai/v1/chat/completions",
        groq,
        FULLY,
    ),
    _chat(
        "Groq by a tool",
        "GROQ_API_KEY",
        "groq/llama-3.3-70b-versatile",
        "https://api.groq.com/openai/v1/chat/completions",
        groq_tool,
        COUNTED,
        schema=as_tool,
    ),
    _chat(
        "Together",
        "TOGETHERAI_API_KEY",
        "together_ai/openai/gpt-oss-120b",
        "https://api.together.ai/v1/chat/completions",
        together,
        COUNTED,
    ),
    _chat(
        "Fireworks",
        "FIREWORKS_AI_API_KEY",
        "fireworks_ai/accounts/fireworks/models/glm-5p3",
        "https://api.fireworks.ai/inference/v1/chat/completions",
        fireworks,
        Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3),
    ),
    _chat(
        "DeepSeek",
        "DEEPSEEK_API_KEY",
        "deepseek/deepseek-v4-flash",
        "https://api.deepseek.com/beta/chat/completions",
        deepseek,
        FULLY,
    ),
    _chat(
        "Mistral",
        "MISTRAL_API_KEY",
        "mistral/mistral-large-latest",
        "https://api.mistral.ai/v1/chat/completions",
        mistral,
        COUNTED,
        cut="model_length",
        withheld=None,
    ),
    Wire(
        "Ollama",
        ("OLLAMA_API_BASE", "http://127.0.0.1:11434"),
        litellm("ollama/llama3.1"),
        "http://127.0.0.1:11434/api/chat",
        {},
        in_messages,
        lambda body: body["format"],
        ollama,
        COUNTED,
        withheld=None,
    ),
    Wire(
        "vLLM",
        ("HOSTED_VLLM_API_BASE", VLLM),
        litellm("hosted_vllm/my-model"),
        f"{VLLM}/chat/completions",
        {},
        in_messages,
        as_response_format,
        vllm,
        COUNTED,
    ),
    Wire(
        "vLLM at an address",
        ("HOSTED_VLLM_API_KEY", KEY),
        litellm("hosted_vllm/my-model", api_base=VLLM),
        f"{VLLM}/chat/completions",
        BEARER,
        in_messages,
        as_response_format,
        vllm,
        COUNTED,
    ),
    Wire(
        "llama.cpp server",
        ("OPENAI_API_BASE", "http://elsewhere.test/v1"),
        litellm("openai/my-model", api_base=LLAMA),
        f"{LLAMA}/chat/completions",
        {},
        in_messages,
        as_response_format,
        llama_cpp,
        COUNTED,
    ),
)

DIRECT = (
    Wire(
        "vLLM without LiteLLM",
        ("OPENAI_API_KEY", KEY),
        compatible(VLLM, "my-model"),
        f"{VLLM}/chat/completions",
        BEARER,
        in_messages,
        as_response_format,
        vllm,
        COUNTED,
    ),
)
