"""The HTTP clients by which LiteLLM asks, every one of which has to keep to a call's bounds."""

from __future__ import annotations

import importlib
import os
import threading
from collections.abc import Mapping
from typing import Any

from openrange_litellm.bounds import watch

# LiteLLM takes a client of its own class for a call to these. To others by OpenAI's SDK it would
# take that SDK's client, with their address and key in it; they use `litellm.client_session`.
_TAKERS = """
    a2a anthropic azure_ai bedrock bedrock_mantle bytez cometapi compactifai databricks datarobot
    deepseek edenai fireworks_ai gemini gigachat groq heroku hosted_vllm huggingface langflow
    langgraph lemonade minimax mistral nadir ollama ollama_chat openrouter ovhcloud petals ragflow
    sagemaker_chat sagemaker_nova snowflake together_ai vertex_ai vertex_ai_beta watsonx xai
"""
_TAKES_A_HANDLER = frozenset(_TAKERS.split())
# Asked by way of OpenAI's SDK in versions that lack this module.
_SINCE = {"together_ai": "litellm.llms.together_ai.chat.transformation"}
# The names of the clients that LiteLLM keeps for the rest, and to look something up.
_KEPT_BY_LITELLM: tuple[dict[str, object] | None, ...] = (
    None,
    {"ssl_verify": None},
    {"ssl_verify": False},  # for GigaChat, to sign in
    {"timeout": 600.0},
)

_LOCK = threading.Lock()
_ours: Any = None
_process: int | None = None


def equip(litellm: Any, provider: str, params: Mapping[str, object]) -> dict[str, Any]:
    """See to it that a call to a provider goes through clients that keep to its bounds.

    Args:
        litellm: The module.
        provider: Its name in LiteLLM.
        params: Further parameters of the call.

    Returns:
        Parameters of `litellm.completion`.
    """
    handlers = importlib.import_module("litellm.llms.custom_httpx.http_handler")
    find = getattr(handlers, "get_httpx_client", None) or handlers._get_httpx_client
    handler = _handler(litellm, handlers)
    if litellm.client_session is None or litellm.client_session.is_closed:
        litellm.client_session = handler.client
    watch(litellm.client_session)
    has_own_tls = "ssl_verify" in params
    own = ({"ssl_verify": params["ssl_verify"]},) if has_own_tls else ()
    for name in (*_KEPT_BY_LITELLM, *own):
        watch(find(params=name).client)
    watch(litellm.module_level_client.client)
    return {} if has_own_tls or not _takes_a_handler(provider) else {"client": handler}


def _handler(litellm: Any, handlers: Any) -> Any:
    """Our one client, made with LiteLLM's settings."""
    global _ours, _process
    with _LOCK:
        if _process not in (None, os.getpid()):
            # A fork: whatever is open is in use by the other process, too.
            litellm.in_memory_llm_clients_cache.flush_cache()
            if _ours is not None and litellm.client_session is _ours.client:
                litellm.client_session = None
            _ours = None
        if _ours is None:
            _ours = handlers.HTTPHandler(timeout=60.0)
        _process = os.getpid()
        watch(_ours.client)
        return _ours


def _takes_a_handler(provider: str) -> bool:
    since = _SINCE.get(provider)
    if since is None:
        return provider in _TAKES_A_HANDLER
    try:
        importlib.import_module(since)
    except ImportError:
        return False
    return True
