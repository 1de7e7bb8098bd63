"""A backend for every provider that LiteLLM knows."""

from __future__ import annotations

import math
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from openrange.llm import (
    SCHEMA_FORMS,
    Ask,
    BackendSettings,
    Key,
    LLMBackendError,
    LLMRequest,
    LLMResult,
    Reply,
    hookimpl,
    problem_of_url,
    run,
    secret,
    within,
)
from openrange_litellm.bounds import Bounds
from openrange_litellm.clients import equip
from openrange_litellm.failures import Call, translated
from openrange_litellm.hearing import Heard, misunderstood
from openrange_litellm.keys import SignIn, check_headers_of_openai, secrets_in, sign_in
from openrange_litellm.library import hidden_from_clients, hide, load, overhearing
from openrange_litellm.parameters import call_parameters, problem_of
from openrange_litellm.providers import (
    DEFAULT_MODELS,
    DEFAULT_MODELS_BY_PLACE,
    key_variables,
    provider_of,
    share_a_key,
)
from openrange_litellm.replies import read_response
from openrange_litellm.routing import Route, route

NAME = "litellm"


@dataclass(frozen=True, slots=True)
class Plan:
    """What holds for every request of one `complete`.

    Args:
        litellm: The module.
        provider: Whose key is sent.
        access: The key, read from its variable just now.
        route: What LiteLLM makes of the model.
        secrets: What must not be seen.
    """

    litellm: Any
    provider: str
    access: SignIn
    route: Route
    secrets: tuple[Key | None, ...]


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
        plan: Plan | LLMBackendError
        try:
            plan = self._plan()
        except LLMBackendError as error:
            plan = error
        except Exception as error:  # noqa: BLE001 - the contract: nothing else leaves `complete`
            plan = LLMBackendError(f"it failed unexpectedly with {type(error).__name__}: {error}")
        ready = plan if isinstance(plan, Plan) else None
        return run(
            request,
            lambda ask: self._send(ask, plan),
            backend=NAME,
            model=self.model if isinstance(self.model, str) else None,
            forms=ready.route.forms(request.json_schema) if ready else SCHEMA_FORMS,
            timeout=self.timeout,
            max_retries=self.max_retries,
            max_reasks=self.max_reasks,
            secrets=ready.secrets if ready else (),
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
        """The default model of the provider whose key or place is set."""
        known = {**DEFAULT_MODELS, **DEFAULT_MODELS_BY_PLACE}
        names = [variable] if variable is not None else [name for name in known if name in environ]
        models = (known.get(name) for name in names)
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
        is_number = isinstance(self.timeout, int | float)
        if not (is_number and self.timeout > 0 and math.isfinite(self.timeout)):
            return f"timeout must be a positive number of seconds, not {self.timeout}"
        if self.api_base is not None and (problem := problem_of_url("api_base", self.api_base)):
            return problem
        return problem_of(self.extra_params or {})

    def _sign_in(self, provider: str) -> SignIn:
        return sign_in(
            provider,
            api_key=self.api_key,
            api_key_env=self.api_key_env,
            api_base=self.api_base,
            params=self.extra_params or {},
        )

    def _plan(self) -> Plan:
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured")
        # The key first: for a provider with a login in a browser, LiteLLM would start it.
        provider = provider_of(self.model)
        access = self._sign_in(provider) if provider else None
        litellm = load()
        failure: LLMBackendError
        try:
            way = route(litellm, self.model, self.api_base)
        except LLMBackendError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - it raises several classes, some of them bare
            call = Call(provider or "LiteLLM", "api_key", self.timeout, self.api_base, False)
            failure = translated(error, call)
        else:
            if provider is None or "/" not in self.model:
                provider, access = way.provider, None
            elif self.api_base is None and not share_a_key(provider, way.provider):
                problem = f"LiteLLM would send this to {way.provider} instead of {provider}"
                raise LLMBackendError(f"{problem}; set api_base", kind="not-configured")
            access = access or self._sign_in(provider)
            if way.is_openai_sdk:
                check_headers_of_openai(way.provider)
            secrets = (access.key, *secrets_in(provider, self.extra_params or {}))
            hide(secrets)
            return Plan(litellm, provider, access, way, secrets)
        raise failure

    def _send(self, ask: Ask, plan: Plan | LLMBackendError) -> Reply:
        if isinstance(plan, LLMBackendError):
            raise plan
        extra = self.extra_params or {}
        parameters = call_parameters(ask, extra, self.timeout, plan.route)
        if plan.access.api_key is not None:
            parameters["api_key"] = plan.access.api_key
        if self.api_base is not None:
            parameters["api_base"] = self.api_base
        heard, bounds = Heard(), Bounds(self.timeout)
        parameters["logger_fn"] = heard.listen
        failure: LLMBackendError
        try:
            parameters |= equip(plan.litellm, plan.route.provider, extra)
            with overhearing(heard.bodies.append), bounds.kept():
                ask_litellm = partial(_completion, plan.litellm, parameters)
                response = within(self.timeout, ask_litellm, abandon=bounds.cut)
            return read_response(plan.litellm, response, heard.document)
        except LLMBackendError as error:
            failure = error
        except Exception as error:  # noqa: BLE001 - it raises bare exceptions, too
            source, with_schema = plan.access.source, "response_format" in parameters
            keys = tuple(key for key in plan.secrets if key is not None)
            call = Call(plan.provider, source, self.timeout, self.api_base, with_schema, keys)
            failure = bounds.failure or translated(error, call)
        if failure.status is None and failure.kind in ("empty", "error", "rejected", "server"):
            # The fault may be LiteLLM's: the reply lacks a field that it does not need.
            return misunderstood(heard, failure)
        raise failure


def _completion(litellm: Any, parameters: Mapping[str, Any]) -> Any:
    with hidden_from_clients():  # in the thread that may outlast the deadline
        return litellm.completion(**parameters)
