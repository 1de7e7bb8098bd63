"""The providers that the README names: how each is asked, and what it answers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from named_shapes import (
    Body,
    MakeReply,
    anthropic,
    anthropic_said,
    anthropic_tool,
    anthropic_tool_schema,
    as_response_format,
    as_tool,
    bedrock,
    bedrock_said,
    bedrock_schema,
    bedrock_tool,
    bedrock_tool_schema,
    cohere,
    deepseek,
    fireworks,
    gemini,
    gemini_said,
    gemini_schema,
    groq,
    groq_tool,
    in_messages,
    in_the_prompt,
    llama_cpp,
    mistral,
    ollama,
    openai,
    openrouter,
    together,
    vllm,
)
from openrange_litellm import LiteLLMBackend

from openrange import LLMBackend
from openrange.llm import Usage

KEY = "own-key-of-the-provider-0123456789"
SYSTEM, PROMPT = "Be brief.", "Where?"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
COUNTED = Usage(requests=1, input_tokens=11, output_tokens=7)
FULLY = Usage(requests=1, input_tokens=11, output_tokens=7, cached_tokens=3, reasoning_tokens=2)

NO_REASONING = Usage(
    requests=1, input_tokens=11, output_tokens=7, cached_tokens=3, reasoning_tokens=0
)


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
        carries_thought: Whether its replies hold what the model thought.
        plain: Makes a response to a request without a schema, where that has another shape.
        gives_objects: Whether a structured reply is an object already, and never a text.
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
    plain: MakeReply | None = None
    gives_objects: bool = False

    def __str__(self) -> str:
        return self.name


def litellm(model: str, **fields: Any) -> Callable[[], LLMBackend]:
    """A backend that sends each request once."""
    return lambda: LiteLLMBackend(model, max_retries=0, max_reasks=0, **fields)


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
        NO_REASONING,
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
        NO_REASONING,
        cut="max_tokens",
        withheld=None,
        plain=anthropic,
        gives_objects=True,
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
        NO_REASONING,
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
        NO_REASONING,
        cut="max_tokens",
        withheld="guardrail_intervened",
        plain=bedrock,
        gives_objects=True,
    ),
    Wire(
        "Vertex",
        ("VERTEXAI_PROJECT", "my-project"),
        litellm("vertex_ai/gemini-3.5-flash"),
        "https://us-central1-aiplatform.googleapis.com/v1/projects/my-project/locations/us-central1"
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
        FULLY,
        schema=as_tool,
        plain=groq,
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
