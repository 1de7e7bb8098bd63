"""What the suite in `tests/providers` leaves out of LiteLLM's list, and why.

Nothing else leaves anything out. A name that LiteLLM does not list, or that works after all, fails
a test.
"""

from __future__ import annotations

from collections.abc import Mapping

_NOT_CHAT = "LiteLLM has no chat API for it, only "
_BROWSER = "it asks for a login in a browser, which the backend refuses"
_GOOGLE = "it needs a package of Google's, and credentials that no test has"

LEFT_OUT: Mapping[str, str] = {
    "a2a_agent": _NOT_CHAT + "agents of its proxy",
    "aiohttp_openai": "called synchronously, LiteLLM sends it a form in place of JSON",
    "auto_router": _NOT_CHAT + "a choice between other models",
    "aws_polly": _NOT_CHAT + "speech",
    "aws_textract": _NOT_CHAT + "text recognition",
    "azure_speech": _NOT_CHAT + "speech",
    "bespoke": _NOT_CHAT + "decisions",
    "black_forest_labs": _NOT_CHAT + "images",
    "chatgpt": _BROWSER,
    "cursor": _NOT_CHAT + "agents",
    "databricks_agent": "its models are agents of the user's own, each at its own address",
    "deepgram": _NOT_CHAT + "transcription",
    "dotprompt": _NOT_CHAT + "a format of prompts",
    "elevenlabs": _NOT_CHAT + "speech",
    "eu_jev": _NOT_CHAT + "decisions",
    "fal_ai": "its chat models describe an image, and refuse a request without one",
    "gdc": _GOOGLE,
    "github_copilot": _BROWSER,
    "humanloop": _NOT_CHAT + "stored prompts",
    "infinity": _NOT_CHAT + "embeddings",
    "jina_ai": _NOT_CHAT + "embeddings",
    "langfuse": _NOT_CHAT + "stored prompts",
    "laya": _NOT_CHAT + "decisions",
    "litellm_agent": _NOT_CHAT + "agents of its proxy",
    "manus": _NOT_CHAT + "the Responses API",
    "microsoft_365_copilot": "it needs a user who is signed in to Microsoft",
    "milvus": _NOT_CHAT + "a vector store",
    "mongodb": _NOT_CHAT + "a vector store",
    "nace": _NOT_CHAT + "decisions",
    "nvidia_riva": _NOT_CHAT + "speech",
    "oci": "it signs each request with a key pair of the user, by means of a package of Oracle's",
    "openai_like": _NOT_CHAT + "embeddings; `custom_openai` is the one for chat",
    "opensearch": _NOT_CHAT + "a vector store",
    "parallel_ai": _NOT_CHAT + "search",
    "pg_vector": _NOT_CHAT + "a vector store",
    "recraft": _NOT_CHAT + "images",
    "reducto": _NOT_CHAT + "text recognition",
    "runwayml": _NOT_CHAT + "videos",
    "s3_vectors": _NOT_CHAT + "a vector store",
    "sap": "its credentials are a file of its own, and no test has one",
    "scaledown": "it shortens texts, and refuses a system message",
    "soniox": _NOT_CHAT + "transcription",
    "stability": _NOT_CHAT + "images",
    "strands_decider": _NOT_CHAT + "guardrails",
    "topaz": _NOT_CHAT + "images",
    "transcribe": _NOT_CHAT + "transcription",
    "typesafe": _NOT_CHAT + "guardrails",
    "valkey": _NOT_CHAT + "a vector store",
    "vertex_ai": _GOOGLE,
    "vertex_ai_beta": _GOOGLE,
    "vllm": "it runs the model in this process, which needs the package vllm and a GPU",
    "voyage": _NOT_CHAT + "embeddings",
    "watsonx_text": "LiteLLM sends it `null` in place of the messages",
}

_MISNAMED = "LiteLLM refuses the name that stands in its own table"

LEFT_OUT_MODELS: Mapping[str, str] = {
    "bedrock/ap-southeast-3/deepseek.v3.2": _MISNAMED,
    "bedrock/ap-southeast-3/minimax.minimax-m2.5": _MISNAMED,
}
"""The models of LiteLLM's tables that cannot stand for their provider."""
