"""From LiteLLM's response object to a reply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from types import ModuleType
from typing import Any

from openrange.llm import Reply, read_completion
from openrange_litellm.hearing import completed


def read_response(litellm: ModuleType, response: Any, body: Mapping[str, object]) -> Reply:
    """Read what `litellm.completion` returned.

    Args:
        litellm: The module, which knows prices.
        response: Its `ModelResponse`.
        body: The provider's own response, which says more.

    Returns:
        The reply, with its price where LiteLLM knows it.

    Raises:
        LLMBackendError: The response is empty, or carries an error.
    """
    document = response.model_dump(warnings=False)
    for choice in document.get("choices") or ():
        message = choice.get("message") or {}
        # LiteLLM's messages have no field for a refusal; it stands among what is left over.
        left_over = message.get("provider_specific_fields") or {}
        message.setdefault("refusal", left_over.get("refusal"))
    reply = completed(read_completion(document), body)
    return replace(reply, usage=replace(reply.usage, cost_usd=_cost(litellm, response)))


def _cost(litellm: ModuleType, response: Any) -> float | None:
    """The price in US dollars. LiteLLM says 0 for a model that it has no price of."""
    hidden = getattr(response, "_hidden_params", None)
    cost = hidden.get("response_cost") if isinstance(hidden, dict) else None
    # Of a model of Ollama's, LiteLLM would ask the server, without a deadline.
    if cost is None and not str(response.model).startswith("ollama"):
        try:
            cost = litellm.completion_cost(completion_response=response)
        except Exception:  # noqa: BLE001 - no price for this model, or a field that it misses
            return None
    return float(cost) if isinstance(cost, int | float) and cost > 0 else None
