"""From what is asked to the parameters of `litellm.completion`."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

from openrange.llm import Ask, messages, response_format_of, settings_of
from openrange_litellm.routing import Route

# What a caller's own parameters must not hold: fields of the backend;
_FIELDS = """
    api_base api_key base_url max_retries model num_retries request_timeout stream_timeout timeout
"""
# what would displace the messages or the schema, under any provider's name for them;
_CONTENT = """
    contents format generationConfig input messages output_format prompt response_format
    response_json_schema response_schema responseFormat responseJsonSchema responseSchema system
    system_instruction systemInstruction
"""
# and what makes LiteLLM do something other than one request for one text, or drop the schema.
_CONDUCT = """
    additional_drop_params client context_window_fallback_dict custom_llm_provider drop_params
    fallbacks function_call functions logger_fn mock_response mock_timeout mock_tool_calls
    model_list n parallel_tool_calls retry_policy retry_strategy stream stream_options tool_choice
    toolConfig tools
"""
_RESERVED = frozenset((_FIELDS + _CONTENT + _CONDUCT).split())
# What to use in the place of an object.
_INSTEAD = {
    "azure_ad_token_provider": "set AZURE_AD_TOKEN, or sign in by AZURE_CLIENT_SECRET",
    "vertex_credentials": "name a file of credentials in GOOGLE_APPLICATION_CREDENTIALS",
}
_IN_GENERAL = "use text, numbers, lists and tables; a token goes into api_key or its variable"
# Tables whose content ends up in the body of the request.
_MERGED = frozenset({"extra_body", "outputConfig", "output_config", "text"})


def problem_of(extra: Mapping[str, object], where: str = "extra_params") -> str | None:
    """Say what must not, or cannot, stand among a caller's own parameters.

    Args:
        extra: The parameters.
        where: What they are called.

    Returns:
        The problem with the first such name or value, or None.
    """
    for name, value in extra.items():
        if name in _RESERVED:
            return f"{where} must not hold {name!r}: the backend sets it, or has a field for it"
        if name in _MERGED and isinstance(value, Mapping):
            problem = problem_of(value, f"{where}.{name}")
            if problem is not None:
                return problem
        try:
            json.dumps(value, allow_nan=False)
        except (TypeError, ValueError, RecursionError):
            return (
                f"{where}.{name} is of type {type(value).__name__} and no value of JSON, as which "
                f"it has to reach the process of LiteLLM; {_INSTEAD.get(name, _IN_GENERAL)}"
            )
    return None


def call_parameters(
    ask: Ask, extra: Mapping[str, object], timeout: float, route: Route, strict: bool | None
) -> dict[str, Any]:
    """The parameters of one call, but for the key and the address.

    Args:
        ask: What to ask.
        extra: The caller's own parameters, which are copied: LiteLLM changes some in place.
        timeout: Seconds for each step of the exchange.
        route: What LiteLLM makes of the model.
        strict: Whether to ask for strict conformance; None asks for it where the schema qualifies.

    Returns:
        Parameters by name.
    """
    parameters: dict[str, Any] = copy.deepcopy(settings_of(extra, ask))
    parameters |= {
        "model": route.model,
        "messages": messages(ask),
        "timeout": float(timeout),  # some of LiteLLM's code refuses an int
        "drop_params": False,  # else a schema may be dropped in silence
    }
    if "stream" not in ask.without:
        parameters["stream"] = False
    schema = None if ask.schema is None else route.wire_schema(ask.schema) or ask.schema
    if response_format := response_format_of(ask, schema, strict):
        parameters["response_format"] = response_format
    return parameters
