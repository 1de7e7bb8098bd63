"""Where LiteLLM sends a model's requests, and what it can say there."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from openrange.llm import SCHEMA_FORMS, Form, LLMBackendError
from openrange_litellm.library import first_time, overhear
from openrange_litellm.references import without_references

# Providers without a host of their own. For them LiteLLM falls back to OpenAI's host, or to the one
# in OPENAI_BASE_URL, neither of which the user meant.
_WITHOUT_A_HOST = frozenset(
    {
        "ai21",
        "custom_openai",
        "hosted_vllm",
        "litellm_proxy",
        "lm_studio",
        "openai_like",
        "xinference",
    }
)
# Of these, LiteLLM reads no such variable.
_WITHOUT_A_VARIABLE = frozenset({"custom_openai", "openai_like", "xinference"})
# LiteLLM takes the schema for them, and leaves it out of what it sends.
_DROPS_THE_SCHEMA = frozenset({"custom"})
# Warns of `max_retries`, which it does not need: it makes none.
_WARNS_OF_RETRIES = frozenset({"huggingface"})

# Asked by way of OpenAI's SDK, although LiteLLM's list of those leaves them out.
_MORE_BY_SDK = (
    "azure",
    "azure_text",
    "custom_openai",
    "openai",
    "text-completion-inception",
    "text-completion-openai",
)


@dataclass(frozen=True, slots=True)
class Route:
    """What LiteLLM makes of a model's name.

    Args:
        model: The name to call it by.
        provider: The provider that it chose.
        supported: The parameters that it takes for this model; None when it has no list, and
            sends everything.
        is_openai_sdk: Whether it asks by way of OpenAI's SDK.
    """

    model: str
    provider: str
    supported: Collection[str] | None
    is_openai_sdk: bool

    def forms(self, schema: Mapping[str, object] | None) -> tuple[Form, ...]:
        """The ways to ask for an object of this schema that LiteLLM has for this model."""
        takes_it = self.supported is None or "response_format" in self.supported
        if not takes_it or self.provider in _DROPS_THE_SCHEMA:
            return ("prompt",)
        if schema is not None and self.wire_schema(schema) is None:
            return SCHEMA_FORMS[1:]
        return SCHEMA_FORMS

    def wire_schema(self, schema: Mapping[str, object]) -> dict[str, object] | None:
        """The schema as it can be sent.

        Where LiteLLM translates it (to the tools of Anthropic, say) it damages references. So what
        they refer to is put in their place.

        Returns:
            The schema, or None when it would be damaged.
        """
        plain = without_references(schema)
        return dict(schema) if plain is None and self.is_openai_sdk else plain

    @property
    def without_retries(self) -> dict[str, Any]:
        """The parameters that stop LiteLLM's own retries, which are silent and pass the deadline.

        Where they are made by OpenAI's SDK, LiteLLM drops `max_retries` on the way there for some
        providers, unless it is allowed by name. Elsewhere there are none, and the parameter would
        end up in the request or be refused.
        """
        if self.provider in _WARNS_OF_RETRIES:
            return {}
        if self.supported is None or "max_retries" in self.supported:
            return {"max_retries": 0}
        if self.is_openai_sdk:
            return {"max_retries": 0, "allowed_openai_params": ["max_retries"]}
        return {}


def route(litellm: ModuleType, model: str, api_base: str | None) -> Route:
    """Ask LiteLLM's own tables about a model; nothing is sent.

    Args:
        litellm: The module.
        model: The model's name.
        api_base: Where the user sends requests, if not to the provider's own host.

    Returns:
        The route.

    Raises:
        LLMBackendError: Of kind `not-configured`, when it leads nowhere.
    """
    name, provider, _, base = litellm.get_llm_provider(model, api_base=api_base)
    if provider in _WITHOUT_A_HOST and not base:
        variable = re.sub(r"\W", "_", provider).upper() + "_API_BASE"
        hint = "" if provider in _WITHOUT_A_VARIABLE else f" (or {variable})"
        raise LLMBackendError(
            f"{provider} has no host of its own: set api_base{hint}", kind="not-configured"
        )
    supported = first_time(
        provider,
        lambda: litellm.get_supported_openai_params(name, custom_llm_provider=provider),
    )
    by_sdk = {*litellm.openai_compatible_providers, *_MORE_BY_SDK}
    known = frozenset(supported) if isinstance(supported, list) else None
    overhear(provider)
    if provider == "ollama":
        # Its chat API: the other one knows no roles, and LiteLLM takes what it cut off for whole.
        model = f"ollama_chat/{name}"
    return Route(model, provider, known, provider in by_sdk)
