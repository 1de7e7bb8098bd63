"""A backend for every provider that LiteLLM knows."""

from __future__ import annotations

import copy
import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from types import ModuleType
from typing import Any
from urllib.parse import urlsplit

from openrange.errors import LLMBackendError
from openrange.hookspecs import hookimpl
from openrange.llm import (
    SCHEMA_FORMS,
    Ask,
    BackendSettings,
    Key,
    LLMRequest,
    LLMResult,
    Reply,
    qualifies_for_strict,
    run,
    secret,
    within,
)
from openrange.llm.chat import messages, read_completion
from openrange.llm.run import Form

from openrange_litellm.failures import Call, translated
from openrange_litellm.keys import SignIn, secrets_in, sign_in
from openrange_litellm.library import load
from openrange_litellm.providers import DEFAULT_MODELS, key_variables, provider_of

NAME = "litellm"
RESPONSE_NAME = "openrange_response"

# What a caller must not say in `extra_params`: it is a field of the backend; or it would displace
# the model, the messages or the schema, under any provider's name for them; or it asks for a reply
# that is no single text.
RESERVED = frozenset(
    """
    additional_drop_params api_base api_key base_url client contents context_window_fallback_dict
    custom_llm_provider drop_params fallbacks format function_call functions generationConfig input
    max_retries messages mock_response mock_timeout mock_tool_calls model model_list n num_retries
    output_format parallel_tool_calls prompt request_timeout responseSchema responseJsonSchema
    response_format response_json_schema response_schema retry_policy retry_strategy stream
    stream_options stream_timeout system timeout toolConfig tool_choice tools
    """.split()
)
_NESTED = ("extra_body", "output_config", "outputConfig", "text")


@dataclass(frozen=True, slots=True)
class LiteLLMBackend(BackendSettings):
    """Asks any provider that LiteLLM knows.

    Args:
        model: The model's name with its provider in front, such as `groq/openai/gpt-oss-120b`.
        api_key: The key. It beats `api_key_env`.
        api_key_env: The variable that holds the key, read at each call; None stands for the
            provider's own.
        timeout: Seconds of wall-clock time for one attempt.
        extra_params: Further parameters of `litellm.completion`, such as `temperature`; they
            cannot displace model, messages or schema.
        api_base: Where the API is, if not at the provider's own host.
        max_retries: How often a request that failed for a passing reason is sent again.
        max_reasks: How often a reply that does not conform is asked for again.
    """

    model: str
    api_key: str | None = secret()
    timeout: float = 120.0
    # No repr: it may hold headers and credentials.
    extra_params: Mapping[str, object] | None = field(default=None, hash=False, repr=False)
    api_base: str | None = field(default=None, kw_only=True)
    api_key_env: str | None = field(default=None, kw_only=True)
    max_retries: int = field(default=2, kw_only=True)
    max_reasks: int = field(default=1, kw_only=True)

    def complete(self, request: LLMRequest) -> LLMResult:
        """Answer one request.

        Args:
            request: What to ask.

        Returns:
            The model's text; for a request with a schema, an object that conforms to it as well.

        Raises:
            LLMBackendError: For every failure, whatever its cause.
        """
        return run(
            request,
            self._send,
            backend=NAME,
            model=self.model if isinstance(self.model, str) else None,
            forms=SCHEMA_FORMS if request.json_schema is None else self._forms(),
            timeout=self.timeout,
            max_retries=self.max_retries,
            max_reasks=self.max_reasks,
            secrets=self._secrets(),
            memory_key=(NAME, self.model, self.api_base),
        )

    def preflight(self) -> None:
        """Check what can be checked without a network call, and without importing LiteLLM.

        Raises:
            LLMBackendError: Of kind `not-configured`: the model is empty; the timeout is not
                positive; `api_base` is not http or https, or holds a password; `extra_params`
                holds a reserved name; or the key of the model's provider is missing.
        """
        problem = self._problem()
        if problem is None and (provider := provider_of(self.model)):
            try:
                self._sign_in(provider)
            except LLMBackendError as error:
                problem = str(error)
        if problem is not None:
            raise LLMBackendError(f"{NAME} ({self.model}): {problem}", kind="not-configured")

    @classmethod
    @hookimpl
    def openrange_environment(
        cls, environ: Mapping[str, str], variable: str | None
    ) -> Mapping[str, object]:
        """The default model of the provider whose key is set."""
        names = [variable] if variable is not None else [n for n in DEFAULT_MODELS if n in environ]
        models = (DEFAULT_MODELS.get(name) for name in names)
        model = next((model for model in models if model is not None), None)
        return {} if model is None else {"model": model}

    @classmethod
    @hookimpl
    def openrange_key_variables(cls) -> Collection[str]:
        """Every variable that is known to hold a provider's key."""
        return key_variables()

    def _problem(self) -> str | None:
        if not isinstance(self.model, str) or not self.model.strip():
            return "model is empty; name one, such as anthropic/claude-sonnet-4-6"
        if not (self.timeout > 0 and math.isfinite(self.timeout)):
            return f"timeout must be a positive number of seconds, not {self.timeout:g}"
        if self.api_base is not None and (problem := _problem_of_url(self.api_base)):
            return problem
        return _problem_of_params(self.extra_params or {})

    def _sign_in(self, provider: str) -> SignIn:
        return sign_in(
            provider,
            api_key=self.api_key,
            api_key_env=self.api_key_env,
            api_base=self.api_base,
            params=self.extra_params or {},
        )

    def _secrets(self) -> list[Key | None]:
        provider = provider_of(self.model) if isinstance(self.model, str) else None
        found: list[Key | None] = [*secrets_in(provider, self.extra_params or {})]
        try:
            # A provider that only LiteLLM can name has its key read here and again for the call.
            found.append(self._sign_in(provider or self.model.partition("/")[0]).key)
        except (AttributeError, LLMBackendError):
            pass  # there is no key, and the first request says so
        return found

    def _forms(self) -> tuple[Form, ...]:
        """The ways to ask for an object that LiteLLM has for this model."""
        try:
            supported = load().get_supported_openai_params(**self._named(load()))
        except Exception:  # noqa: BLE001 - whatever it is, the request meets it again and says so
            return SCHEMA_FORMS
        # For some models LiteLLM has no list and sends everything.
        lacks_it = isinstance(supported, list) and "response_format" not in supported
        return ("prompt",) if lacks_it else SCHEMA_FORMS

    def _send(self, ask: Ask) -> Reply:
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured")
        litellm = load()
        provider = provider_of(self.model) or _provider_in(litellm, self.model, self.api_base)
        access = self._sign_in(provider)
        params: dict[str, Any] = copy.deepcopy(dict(self.extra_params or {}))
        params |= {
            "model": self.model,
            "messages": messages(ask),
            "timeout": self.timeout,
            "max_retries": 0,  # LiteLLM's own repeat in silence, and past the deadline
            "drop_params": False,
        }
