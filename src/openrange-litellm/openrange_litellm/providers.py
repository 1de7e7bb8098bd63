"""Which variables hold which provider's key, and which model to take where only a key is set."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Literal

DEFAULT_MODELS: Mapping[str, str | None] = {
    "ANTHROPIC_API_KEY": "anthropic/claude-sonnet-4-6",
    "ANTHROPIC_AUTH_TOKEN": "anthropic/claude-sonnet-4-6",
    "GEMINI_API_KEY": "gemini/gemini-3.5-flash",
    "GOOGLE_API_KEY": "gemini/gemini-3.5-flash",
    "OPENROUTER_API_KEY": "openrouter/anthropic/claude-sonnet-4.6",
    "GROQ_API_KEY": "groq/openai/gpt-oss-120b",
    "MISTRAL_API_KEY": "mistral/mistral-large-latest",
    "DEEPSEEK_API_KEY": "deepseek/deepseek-v4-flash",
    "XAI_API_KEY": "xai/grok-4.3",
    "TOGETHERAI_API_KEY": "together_ai/openai/gpt-oss-120b",
    "TOGETHER_API_KEY": "together_ai/openai/gpt-oss-120b",
    "FIREWORKS_AI_API_KEY": "fireworks_ai/accounts/fireworks/models/glm-5p3",
    "FIREWORKS_API_KEY": "fireworks_ai/accounts/fireworks/models/glm-5p3",
    "COHERE_API_KEY": "cohere/command-a-03-2025",
    "CO_API_KEY": "cohere/command-a-03-2025",
    "CEREBRAS_API_KEY": "cerebras/gpt-oss-120b",
    "SAMBANOVA_API_KEY": "sambanova/Meta-Llama-3.3-70B-Instruct",
    "DEEPINFRA_API_KEY": "deepinfra/openai/gpt-oss-120b",
    "MOONSHOT_API_KEY": "moonshot/kimi-k2.5",
    "PERPLEXITYAI_API_KEY": "perplexity/sonar-pro",
    "NVIDIA_NIM_API_KEY": "nvidia_nim/openai/gpt-oss-120b",
    "REPLICATE_API_KEY": "replicate/openai/gpt-oss-120b",
    "AWS_BEARER_TOKEN_BEDROCK": "bedrock/global.anthropic.claude-sonnet-4-6",
    # On Azure a model's name is that of the user's own deployment.
    "AZURE_API_KEY": None,
    "AZURE_AI_API_KEY": None,
}
"""The variables under which this backend is detected, in that order, and the model each stands for.

Models without a date of retirement in LiteLLM's table, so that a default lasts.
"""

DEFAULT_MODELS_BY_PLACE: Mapping[str, str | None] = {
    "OLLAMA_API_BASE": "ollama/llama3.1",
    "VERTEXAI_PROJECT": "vertex_ai/gemini-3.8-flash",
    # The server has the one model that it was started with.
    "HOSTED_VLLM_API_BASE": None,
}
"""Variables that say where to ask, and hold no key; they come after those that do."""

SignInWay = Literal["key", "local", "own", "device"]
"""How a provider knows its user: by one key; `local` by none, being the user's own server; `own` by
something that LiteLLM finds by itself, such as AWS profiles; `device` by a login in a browser."""


@dataclass(frozen=True, slots=True)
class Provider:
    """How one provider is signed in to.

    Args:
        variables: What may hold its key, the first that is set wins.
        way: How it knows its user.
        instead: Variables with secrets that LiteLLM reads by itself, and sends otherwise than as
            the provider's key; where one is set, no key is needed.
        instead_params: Call parameters that stand in for a key in the same way.
        settings: Variables that LiteLLM reads besides; a name may end in `*`.
    """

    variables: tuple[str, ...]
    way: SignInWay = "key"
    instead: tuple[str, ...] = ()
    instead_params: frozenset[str] = frozenset()
    settings: tuple[str, ...] = ()


_ANTHROPIC = Provider(
    ("ANTHROPIC_API_KEY",), instead=("ANTHROPIC_AUTH_TOKEN", "ANTHROPIC_IDENTITY_TOKEN")
)
_AWS = ("AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN", "AWS_WEB_IDENTITY_TOKEN")
_OF_AWS = ("AWS_*",)
_AZURE = Provider(
    ("AZURE_API_KEY", "AZURE_OPENAI_API_KEY"),
    instead=("AZURE_AD_TOKEN", "AZURE_CLIENT_SECRET", "AZURE_PASSWORD"),
    instead_params=frozenset(
        {"azure_ad_token", "azure_ad_token_provider", "azure_password", "client_secret"}
    ),
    settings=(
        "AZURE_AI_API_VERSION",
        "AZURE_API_TYPE",
        "AZURE_API_VERSION",
        "AZURE_AUTHORITY_HOST",
        "AZURE_CERTIFICATE_*",
        "AZURE_CLIENT_ID",
        "AZURE_CONFIG_DIR",
        "AZURE_CREDENTIAL",
        "AZURE_FEDERATED_TOKEN_FILE",
        "AZURE_SCOPE",
        "AZURE_TENANT_ID",
        "AZURE_USERNAME",
        "IDENTITY_*",
        "MSI_*",
    ),
)
_COHERE = Provider(("COHERE_API_KEY", "CO_API_KEY"))
_OLLAMA = Provider(("OLLAMA_API_KEY",), "local")
_OPENAI = Provider(
    ("OPENAI_API_KEY",),
    settings=("OPENAI_CUSTOM_HEADERS", "OPENAI_ORG*", "OPENAI_PROJECT*"),
)
# LiteLLM signs a request to SageMaker with a key of Bedrock, too, where one is set.
_SAGEMAKER = Provider((), "own", (*_AWS, "AWS_BEARER_TOKEN_BEDROCK"), settings=_OF_AWS)
_VERTEX = Provider(
    (),
    "own",
    ("VERTEXAI_CREDENTIALS", "VERTEX_CREDENTIALS"),
    settings=(
        "CLOUDSDK_*",
        "GCE_METADATA_*",
        "GCLOUD_PROJECT",
        "GOOGLE_APPLICATION_CREDENTIALS",
        "GOOGLE_CLOUD_*",
        "NO_GCE_CHECK",
        "VERTEXAI_*",
        "VERTEX_*",
    ),
)
_WATSONX = Provider(
    ("WATSONX_API_KEY", "WATSONX_APIKEY", "WX_API_KEY"),
    instead=("WATSONX_TOKEN", "WATSONX_ZENAPIKEY"),
    settings=(
        "WATSONX_DEPLOYMENT_SPACE_ID",
        "WATSONX_IAM_URL",
        "WATSONX_PROJECT_ID",
        "WATSONX_REGION",
        "WATSONX_SPACE_ID",
        "WATSONX_URL",
        "WATSONX_USERNAME",
        "WML_URL",
        "WX_PROJECT_ID",
        "WX_REGION",
        "WX_SPACE_ID",
        "WX_URL",
    ),
)

_BY_NAME: dict[str, Provider] = {
    "a2a": Provider(("A2A_API_KEY",), "local"),
    "aiohttp_openai": _OPENAI,
    "anthropic": _ANTHROPIC,
    "anthropic_text": _ANTHROPIC,
    "apertis": Provider(("STIMA_API_KEY",)),
    "azure": _AZURE,
    "azure_text": _AZURE,
    "azure_ai": replace(_AZURE, variables=("AZURE_AI_API_KEY",)),
    "bedrock": Provider(("AWS_BEARER_TOKEN_BEDROCK",), "own", _AWS, settings=_OF_AWS),
    "bedrock_mantle": Provider(
        ("BEDROCK_MANTLE_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"),
        "own",
        _AWS,
        settings=(*_OF_AWS, "BEDROCK_MANTLE_REGION"),
    ),
    "chatgpt": Provider((), "device"),
    "cloudflare": Provider(("CLOUDFLARE_API_KEY",), settings=("CLOUDFLARE_ACCOUNT_ID",)),
    "cohere": _COHERE,
    "cohere_chat": _COHERE,
    "cometapi": Provider(("COMETAPI_KEY",)),
    "custom": Provider(("CUSTOM_API_KEY",), "local"),
    "custom_openai": Provider(("CUSTOM_OPENAI_API_KEY",), "local"),
    "databricks": Provider(
        ("DATABRICKS_API_KEY",),
        "own",
        ("DATABRICKS_TOKEN", "DATABRICKS_CLIENT_SECRET"),
        settings=("DATABRICKS_CLIENT_ID", "DATABRICKS_CONFIG_*", "DATABRICKS_HOST"),
    ),
    "datarobot": Provider(("DATAROBOT_API_TOKEN",), settings=("DATAROBOT_ENDPOINT",)),
    "docker_model_runner": Provider(("DOCKER_MODEL_RUNNER_API_KEY",), "local"),
    "featherless_ai": Provider(("FEATHERLESS_AI_API_KEY", "FEATHERLESS_API_KEY")),
    "fireworks_ai": Provider(
        ("FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"),
        settings=("FIREWORKS_ACCOUNT_ID",),
    ),
    "friendliai": Provider(("FRIENDLIAI_API_KEY", "FRIENDLI_TOKEN")),
    "gdc": Provider(("GDC_API_KEY",), "own"),
    "gemini": Provider(("GEMINI_API_KEY", "GOOGLE_API_KEY")),
    "gigachat": Provider(
        ("GIGACHAT_API_KEY", "GIGACHAT_CREDENTIALS"),
        instead=("GIGACHAT_ACCESS_TOKEN", "GIGACHAT_PASSWORD"),
        settings=("GIGACHAT_AUTH_URL", "GIGACHAT_SCOPE", "GIGACHAT_USERNAME"),
    ),
    "gradient_ai": Provider(
        ("GRADIENT_AI_API_KEY",), settings=("GRADIENT_AI_AGENT_ENDPOINT",)
    ),
    "github_copilot": Provider((), "device"),
    "hosted_vllm": Provider(("HOSTED_VLLM_API_KEY",), "local"),
    "huggingface": Provider(("HUGGINGFACE_API_KEY", "HF_TOKEN"), settings=("HF_API_BASE",)),
    "lambda_ai": Provider(("LAMBDA_API_KEY",)),
    "langflow": Provider(("LANGFLOW_API_KEY",), "local"),
    "langgraph": Provider(("LANGGRAPH_API_KEY",), "local"),
    "lemonade": Provider(("LEMONADE_API_KEY",), "local"),
    "litellm_proxy": Provider(("LITELLM_PROXY_API_KEY",), "local"),
    "llamafile": Provider(("LLAMAFILE_API_KEY",), "local"),
    "lm_studio": Provider(("LM_STUDIO_API_KEY",), "local"),
    "meta_llama": Provider(("LLAMA_API_KEY",)),
    "nano-gpt": Provider(("NANOGPT_API_KEY",)),
    "oci": Provider((), "own", settings=("OCI_*",)),
    "ollama": _OLLAMA,
    "ollama_chat": _OLLAMA,
    "oobabooga": Provider(("OOBABOOGA_API_KEY",), "local"),
    "openai": _OPENAI,
    "openrouter": Provider(
        ("OPENROUTER_API_KEY", "OR_API_KEY"), settings=("OR_APP_NAME", "OR_SITE_URL")
    ),
    "perplexity": Provider(("PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY")),
    "petals": Provider((), "local"),
    "predibase": Provider(("PREDIBASE_API_KEY",), settings=("PREDIBASE_TENANT_ID",)),
    "qwen_ai_platform": Provider(("QWEN_AI_PLATFORM_API_KEY", "DASHSCOPE_API_KEY")),
    "qwencloud": Provider(("QWENCLOUD_API_KEY", "DASHSCOPE_API_KEY")),
    "replicate": Provider(("REPLICATE_API_KEY", "REPLICATE_API_TOKEN")),
    "sagemaker": _SAGEMAKER,
    "sagemaker_chat": _SAGEMAKER,
    "sagemaker_nova": _SAGEMAKER,
    "sap": Provider(
        (), "own", ("AICORE_SERVICE_KEY", "AICORE_CLIENT_SECRET"), settings=("AICORE_*",)
    ),
    "scaleway": Provider(("SCW_SECRET_KEY",)),
    "scx-ai": Provider(("SCX_API_KEY",)),
    "snowflake": Provider(("SNOWFLAKE_JWT",), settings=("SNOWFLAKE_ACCOUNT_ID",)),
    "tensormesh": Provider(("TENSORMESH_INFERENCE_API_KEY",)),
    "text-completion-codestral": Provider(("CODESTRAL_API_KEY",)),
    "text-completion-inception": Provider(("INCEPTION_API_KEY",)),
    "text-completion-openai": _OPENAI,
    "together_ai": Provider(
        ("TOGETHERAI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_AI_TOKEN")
    ),
    "triton": Provider((), "local"),
    "veniceai": Provider(("VENICE_AI_API_KEY",)),
    "vercel_ai_gateway": Provider(("VERCEL_AI_GATEWAY_API_KEY", "VERCEL_OIDC_TOKEN")),
    "vertex_ai": _VERTEX,
    "vertex_ai_beta": _VERTEX,
    "vllm": Provider((), "local"),
    "volcengine": Provider(("VOLCENGINE_API_KEY", "ARK_API_KEY")),
    "watsonx": _WATSONX,
    "watsonx_text": _WATSONX,
    "xinference": Provider(("XINFERENCE_API_KEY",), "local"),
}

# Those whose variable is their name in capitals, and `_API_KEY`.
_REGULAR = """
    ai21 aiml amazon_nova baseten cerebras chutes clarifai codestral compactifai
    dashscope deepinfra deepseek edenai galadriel github groq heroku hyperbolic
    inception meta minimax mistral modelscope moonshot morph nebius novita nscale nvidia_nim
    ovhcloud parasail poe publicai reka sambanova sarvam synthetic tencent v0 wandb xai
    zai
"""

# Names that LiteLLM takes without a provider in front, as far as they leave no doubt.
_BARE_NAMES = (
    (re.compile(r"(gpt-|chatgpt-|ft:gpt-|o\d)"), "openai"),
    (re.compile(r"claude-(?!.*-v\d)"), "anthropic"),  # with a version at the end: Bedrock's
    (re.compile(r"command-"), "cohere"),
)


def provider_of(model: str) -> str | None:
    """The provider that a model's name stands for.

    Args:
        model: Such as `groq/openai/gpt-oss-120b`.

    Returns:
        The provider's name in LiteLLM, or None when only LiteLLM itself can tell.
    """
    prefix, slash, _ = model.partition("/")
    if slash:
        return prefix if prefix in _BY_NAME else None
    return next((name for pattern, name in _BARE_NAMES if pattern.match(model)), None)


def provider_called(name: str) -> Provider:
    """How a provider is signed in to, also one that is not in the table.

    Args:
        name: The provider's name in LiteLLM.

    Returns:
        Its entry, or else one with the variable that most providers' names lead to.
    """
    return _BY_NAME.get(name) or Provider((_regular_variable(name),))


def share_a_key(one: str, other: str) -> bool:
    """Whether two of LiteLLM's providers are one to their user.

    Args:
        one: A provider's name in LiteLLM, such as `cohere`.
        other: Another one's, such as `cohere_chat`.

    Returns:
        True if a key of the one may be sent to the other.
    """
    ours, theirs = provider_called(one), provider_called(other)
    return one == other or ours == theirs or not set(ours.variables).isdisjoint(theirs.variables)


def key_variables() -> frozenset[str]:
    """Every variable that is known to hold a provider's key."""
    return _KEY_VARIABLES


def _regular_variable(name: str) -> str:
    return re.sub(r"\W", "_", name).upper() + "_API_KEY"


_BY_NAME |= {name: Provider((_regular_variable(name),)) for name in _REGULAR.split()}
_BY_NAME["ai21_chat"] = _BY_NAME["ai21"]
_KEY_VARIABLES = frozenset(DEFAULT_MODELS).union(*(p.variables for p in _BY_NAME.values()))
