"""The providers of LiteLLM's list, with models of its tables, as they stood when last looked at.

`catalogue.py` writes them down anew; what LiteLLM lists meanwhile is no business of the tests.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from in_process import litellm as load
from openrange_litellm import LiteLLMBackend
from openrange_litellm.providers import Provider, provider_called
from providers_left_out import LEFT_OUT

OWN_KEY = "own-key-of-the-provider-0123456789"
OWN_HOST = "https://own.example/v1"

_AWS = {
    "AWS_ACCESS_KEY_ID": "AKIA0123456789",
    "AWS_SECRET_ACCESS_KEY": OWN_KEY,
    "AWS_REGION_NAME": "us-west-2",
}
_WATSONX = {"WATSONX_URL": OWN_HOST, "WATSONX_PROJECT_ID": "project"}

# What a provider has to be told besides its key: which account, or where it is.
_VARIABLES: Mapping[str, Mapping[str, str]] = {
    "a2a": {"A2A_API_BASE": OWN_HOST},
    "azure": {"AZURE_API_BASE": OWN_HOST},
    "azure_ai": {"AZURE_AI_API_BASE": OWN_HOST},
    "azure_text": {"AZURE_API_BASE": OWN_HOST},
    "cloudflare": {"CLOUDFLARE_ACCOUNT_ID": "account"},
    "databricks": {"DATABRICKS_API_BASE": OWN_HOST},
    "heroku": {"HEROKU_API_BASE": OWN_HOST},
    "hosted_vllm": {"HOSTED_VLLM_API_BASE": OWN_HOST},
    "litellm_proxy": {"LITELLM_PROXY_API_BASE": OWN_HOST},
    "lm_studio": {"LM_STUDIO_API_BASE": OWN_HOST},
    "predibase": {"PREDIBASE_TENANT_ID": "tenant"},
    "ragflow": {"RAGFLOW_API_BASE": OWN_HOST},
    "sagemaker": _AWS,
    "sagemaker_chat": _AWS,
    "sagemaker_nova": _AWS,
    "snowflake": {"SNOWFLAKE_ACCOUNT_ID": "account"},
    "watsonx": _WATSONX,
    "watsonx_text": _WATSONX,
}
# For these there is no variable, only the backend's `api_base`.
_API_BASE: Mapping[str, str] = {
    "custom": OWN_HOST,
    "custom_openai": OWN_HOST,
    "oobabooga": OWN_HOST,
    "petals": OWN_HOST,
    "triton": "https://own.example/generate",
    "xinference": OWN_HOST,
}
_MODELS: Mapping[str, list[str]] = json.loads(
    Path(__file__).with_name("provider_models.json").read_text("utf-8")
)


@dataclass(frozen=True)
class ChatProvider:
    """One provider of LiteLLM's list.

    Args:
        name: Its name there.
        model: One of its models, with the provider in front.
        more_models: Others, spread over LiteLLM's table.
        variables: What it needs in the environment besides its key.
        api_base: Where it is, if it has no place of its own.
    """

    name: str
    model: str
    more_models: tuple[str, ...]
    variables: Mapping[str, str] = field(default_factory=dict)
    api_base: str | None = None

    def __str__(self) -> str:
        return self.name

    @property
    def access(self) -> Provider:
        """How the plugin signs in to it."""
        return provider_called(self.name)

    def environment(self, key: str) -> dict[str, str]:
        """Its key, and all else that it needs."""
        return {**dict.fromkeys(self.access.variables[:1], key), **self.variables}

    def backend(self, model: str | None = None, **fields: Any) -> LiteLLMBackend:
        """A backend for it that sends each request once."""
        settings: dict[str, Any] = {"api_base": self.api_base, "max_retries": 0, "max_reasks": 0}
        return LiteLLMBackend(model or self.model, **{**settings, **fields})


def listed() -> list[ChatProvider]:
    """Every provider of the suite that the installed LiteLLM lists."""
    names = {str(getattr(name, "value", name)) for name in load().provider_list}
    return [_provider(name, models) for name, models in _MODELS.items() if name in names]


def chat_providers() -> list[ChatProvider]:
    """Those of them whose chat API works."""
    return [provider for provider in listed() if provider.name not in LEFT_OUT]


def _provider(name: str, models: list[str]) -> ChatProvider:
    return ChatProvider(
        name=name,
        model=models[0],
        more_models=tuple(models[1:]),
        variables=_VARIABLES.get(name, {}),
        api_base=_API_BASE.get(name),
    )
