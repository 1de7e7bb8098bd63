from __future__ import annotations

from typing import Any

import pytest
from configured import resolved
from openrange_litellm import LiteLLMBackend

from openrange import LLMBackend, LLMBackendError, LLMRequest
from openrange.backends.openai_compatible import OpenAICompatibleBackend
from openrange.testing.chat_server import ChatServer

KEY = "own-key-of-the-provider-0123456789"
KEYS = {
    "ANTHROPIC_API_KEY": "anthropic",
    "GEMINI_API_KEY": "gemini",
    "AWS_BEARER_TOKEN_BEDROCK": "bedrock",
    "COHERE_API_KEY": "cohere",
    "OPENROUTER_API_KEY": "openrouter",
    "GROQ_API_KEY": "groq",
    "TOGETHERAI_API_KEY": "together_ai",
    "FIREWORKS_AI_API_KEY": "fireworks_ai",
    "DEEPSEEK_API_KEY": "deepseek",
    "MISTRAL_API_KEY": "mistral",
    "OLLAMA_API_BASE": "ollama",
    "VERTEXAI_PROJECT": "vertex_ai",
}
# Of this provider some releases of LiteLLM list no model at all; where they do, it is judged.
UNLISTED = {"openrouter"}


def chosen(variable: str, value: str, monkeypatch: pytest.MonkeyPatch) -> LLMBackend:
    monkeypatch.setenv(variable, value)
    return resolved().backend


@pytest.mark.parametrize("variable", KEYS)
def test_one_variable_is_enough(
    variable: str, monkeypatch: pytest.MonkeyPatch, litellm: Any
) -> None:
    value = "http://127.0.0.1:11434" if variable.endswith("_BASE") else KEY
    llm = chosen(variable, value, monkeypatch)
    assert isinstance(llm, LiteLLMBackend)
    llm.preflight()
    provider, _, name = llm.model.partition("/")
    assert provider == KEYS[variable]
    listed = [known for known in litellm.model_cost if known.startswith(f"{provider}/")]
    if provider in UNLISTED and not listed:
        return
    entry = litellm.model_cost.get(llm.model) or litellm.model_cost[name]
    assert entry["mode"] == "chat"
    assert "deprecation_date" not in entry


def test_the_key_of_openai_needs_no_plugin(monkeypatch: pytest.MonkeyPatch, litellm: Any) -> None:
    llm = chosen("OPENAI_API_KEY", KEY, monkeypatch)
    assert isinstance(llm, OpenAICompatibleBackend)
    assert litellm.model_cost[llm.model]["mode"] == "chat"


def test_a_server_of_ones_own_says_which_model_it_has(
    monkeypatch: pytest.MonkeyPatch, server: ChatServer
) -> None:
    llm = chosen("OPENAI_BASE_URL", server.url, monkeypatch)
    assert isinstance(llm, OpenAICompatibleBackend)
    assert llm.complete(LLMRequest("Where?")).text == "plain text"
    assert server.seen[-1].body["model"] == "only-model"


def test_the_address_of_vllm_leaves_the_model_to_be_named(
    monkeypatch: pytest.MonkeyPatch, server: ChatServer
) -> None:
    monkeypatch.setenv("HOSTED_VLLM_API_BASE", server.url)
    with pytest.raises(Exception, match="OPENRANGE_MODEL"):
        resolved()
    monkeypatch.setenv("OPENRANGE_MODEL", "hosted_vllm/only-model")
    assert resolved().backend.complete(LLMRequest("Where?")).text == "plain text"


def test_a_place_is_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("VERTEXAI_PROJECT", "my-project")
    llm = LiteLLMBackend("groq/openai/gpt-oss-120b", api_key_env="VERTEXAI_PROJECT")
    with pytest.raises(LLMBackendError, match="set GROQ_API_KEY"):
        llm.preflight()
