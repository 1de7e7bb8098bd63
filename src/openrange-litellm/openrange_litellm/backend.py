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
            raise LLMBackendError(f"{NAME}: {problem}", kind="not-configured")

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
        found: list[Key | None] = []
        try:
            provider = self._provider()
            found += secrets_in(provider, self.extra_params or {})
            found.append(self._sign_in(provider).key)
        except LLMBackendError:
            pass  # there is no key, and the first request says so
        return found

    def _provider(self) -> str:
        """The provider's name in LiteLLM, which is asked only where the model's name leaves doubt."""
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured")
        if known := provider_of(self.model):
            return known
        litellm = load()
        failure: LLMBackendError
        try:
            return str(litellm.get_llm_provider(self.model, api_base=self.api_base)[1])
        except Exception as error:  # noqa: BLE001 - it raises several classes, some of them bare
            failure = translated(error, self._call("LiteLLM", "api_key", with_schema=False))
        raise failure

    def _forms(self) -> tuple[Form, ...]:
        """The ways to ask for an object that LiteLLM has for this model."""
        try:
            # First of all the key: for a provider with a login in a browser, LiteLLM would start it.
            self._sign_in(self._provider())
            litellm = load()
            name, provider, *_ = litellm.get_llm_provider(self.model, api_base=self.api_base)
            supported = litellm.get_supported_openai_params(name, custom_llm_provider=provider)
        except Exception:  # noqa: BLE001 - whatever it is, the request meets it again and says so
            return SCHEMA_FORMS
        # For some models LiteLLM has no list and sends everything.
        lacks_it = isinstance(supported, list) and "response_format" not in supported
        return ("prompt",) if lacks_it else SCHEMA_FORMS

    def _send(self, ask: Ask) -> Reply:
        provider = self._provider()
        access = self._sign_in(provider)
        litellm = load()
        params = self._params(ask, access)
        failure: LLMBackendError
        try:
            response = within(self.timeout, lambda: litellm.completion(**params))
            return _reply(litellm, response)
        except LLMBackendError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - it raises bare exceptions, too
            with_schema = "response_format" in params
            failure = translated(
                error, self._call(provider, access.source, with_schema=with_schema)
            )
        raise failure

    def _params(self, ask: Ask, access: SignIn) -> dict[str, Any]:
        params: dict[str, Any] = copy.deepcopy(dict(self.extra_params or {}))
        params |= {
            "model": self.model,
            "messages": messages(ask),
            "timeout": self.timeout,
            "max_retries": 0,  # LiteLLM's own go unannounced, and past the deadline
            "drop_params": False,  # else a schema may be dropped in silence
        }
        if access.api_key is not None:
            params["api_key"] = access.api_key
        if self.api_base is not None:
            params["api_base"] = self.api_base
        if ask.form == "json":
            params["response_format"] = {"type": "json_object"}
        if ask.schema is not None:
            strict = qualifies_for_strict(ask.schema)
            described = {"name": RESPONSE_NAME, "schema": ask.schema, "strict": strict}
            params["response_format"] = {"type": "json_schema", "json_schema": described}
        return params

    def _call(self, provider: str, key_source: str, *, with_schema: bool) -> Call:
        return Call(provider, key_source, self.timeout, self.api_base, with_schema)


def _problem_of_url(url: str) -> str | None:
    try:
        parts = urlsplit(url)
        is_usable = parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
        has_password = parts.username is not None
    except ValueError:
        is_usable, has_password = False, False
    if has_password:
        return "api_base must not hold a user name; put the key in api_key_env"
    return None if is_usable else f"api_base must be an http or https URL, not {url!r}"


def _problem_of_params(params: Mapping[str, object], above: str = "extra_params") -> str | None:
    for name, value in params.items():
        if name in RESERVED:
            return (
                f"{above} must not hold {name!r}, which the backend itself sets or has a field for"
            )
        if name in _NESTED and isinstance(value, Mapping):
            if problem := _problem_of_params(value, f"{above}.{name}"):
                return problem
    return None


def _reply(litellm: ModuleType, response: Any) -> Reply:
    document = response.model_dump(warnings=False)
    for choice in document.get("choices") or []:
        message = choice.get("message") or {}
        # What the provider said beside the content, a refusal for one, stands in a field apart.
        message |= {
            name: value
            for name, value in (message.get("provider_specific_fields") or {}).items()
            if name == "refusal" and value
        }
    reply = read_completion(document)
    return replace(reply, usage=replace(reply.usage, cost_usd=_cost(litellm, response)))


def _cost(litellm: ModuleType, response: Any) -> float | None:
    """The price in US dollars, where LiteLLM knows it."""
    hidden = getattr(response, "_hidden_params", None)
    cost = hidden.get("response_cost") if isinstance(hidden, dict) else None
    if cost is None:
        try:
            cost = litellm.completion_cost(completion_response=response)
        except Exception:  # noqa: BLE001 - no price for this model, or a field that it misses
            return None
    return float(cost) if isinstance(cost, int | float) and cost > 0 else None
