"""Where LiteLLM sends a model's requests, and what it can say there."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from openrange.llm import SCHEMA_FORMS, Form, LLMBackendError
from openrange_litellm.references import without_references

# Providers without a host of their own. For them LiteLLM falls back to OpenAI's host, or to the one
# in OPENAI_BASE_URL, neither of which the user meant.
_WITHOUT_A_HOST = frozenset(
    {
        *("ai21", "custom_openai", "hosted_vllm", "litellm_proxy", "lm_studio", "openai_like"),
        "xinference",
    }
)
# LiteLLM takes the schema for them, and leaves it out of what it sends.
_DROPS_THE_SCHEMA = frozenset({"custom"})
# Asked by way of OpenAI's SDK, although LiteLLM's list of those leaves them out.
_MORE_BY_SDK = ("azure", "custom_openai", "openai")


@dataclass(frozen=True, slots=True)
class Route:
    """What LiteLLM makes of a model's name.

    Args:
        model: The name to call it by.
        provider: The provider that it chose.
        takes_schemas: Whether it has a way of its own to ask this model for an object.
        keeps_references: Whether it sends a schema as it is.
    """

    model: str
    provider: str
    takes_schemas: bool
    keeps_references: bool

    def forms(self, schema: Mapping[str, object] | None) -> tuple[Form, ...]:
        """The ways to ask for an object of this schema that LiteLLM has for this model."""
        if not self.takes_schemas:
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
        return dict(schema) if plain is None and self.keeps_references else plain


def route(litellm: Any, model: str, api_base: str | None) -> Route:
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
        problem = f"{provider} has no host of its own: set api_base (or {variable})"
        raise LLMBackendError(problem, kind="not-configured")
    # None stands for a model of which LiteLLM has no list, and for which it sends everything.
    supported = litellm.get_supported_openai_params(name, custom_llm_provider=provider)
    takes_schemas = supported is None or "response_format" in supported
    if provider == "ollama":
        # Its chat API: the other one knows no roles, and LiteLLM takes what it cut off for whole.
        model = f"ollama_chat/{name}"
    return Route(
        model,
        provider,
        takes_schemas and provider not in _DROPS_THE_SCHEMA,
        provider in {*litellm.openai_compatible_providers, *_MORE_BY_SDK},
    )
