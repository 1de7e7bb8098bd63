"""The two backends that speak HTTP, with each way in which LiteLLM is brought to do so."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from openrange import LLMBackend, OpenAICompatibleBackend

# By OpenAI's SDK; by a client that is passed to LiteLLM; and by one that it keeps for itself.
MODELS = ("openai/m", "anthropic/m", "gemini/m", "ollama_chat/m", "cohere/m")

Make = Callable[..., LLMBackend]


def core(url: str, **fields: Any) -> LLMBackend:
    """The core's backend for a server."""
    return OpenAICompatibleBackend(base_url=url, model="m", **{"max_retries": 0, **fields})


def litellm(model: str) -> Make:
    """The plugin's backend for a server that is taken for one of a model's provider."""

    def make(url: str, **fields: Any) -> LLMBackend:
        from openrange_litellm import LiteLLMBackend

        return LiteLLMBackend(model, api_base=url, **{"max_retries": 0, **fields})

    return make


BACKENDS: dict[str, Make] = {"openai-compatible": core, **{name: litellm(name) for name in MODELS}}
