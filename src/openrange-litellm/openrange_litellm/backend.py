"""A backend for every provider that LiteLLM knows."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import math
import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from openrange.llm import (
    SCHEMA_FORMS,
    Ask,
    BackendSettings,
    LLMBackendError,
    LLMRequest,
    LLMResult,
    Reply,
    Usage,
    announce,
    hookimpl,
    mended_url,
    problem_of_url,
    run,
    secret,
)
from openrange_litellm import workers
from openrange_litellm.failures import Call
from openrange_litellm.keys import SignIn, address, secrets_in, sign_in
from openrange_litellm.library import TESTED
from openrange_litellm.parameters import call_parameters, problem_of
from openrange_litellm.providers import (
    DEFAULT_MODELS,
    DEFAULT_MODELS_BY_PLACE,
    key_variables,
    provider_called,
    provider_of,
    share_a_key,
)
from openrange_litellm.routing import Route
from openrange_litellm.surroundings import own

NAME = "litellm"

# They follow from LiteLLM's tables alone, and so never change in a process.
_ROUTES: dict[tuple[str, str | None], Route] = {}
_MAX_ROUTES = 1000


@dataclass(frozen=True, slots=True, repr=False)  # no repr: it holds the key
class Plan:
    """What holds for every request of one `complete`.

    Args:
        call: Whom it is sent to, and what its errors need.
        api_key: What is sent as the key, if anything is.
        route: What LiteLLM makes of the model.
        environment: The variables of the worker, as `surroundings.own` gives them.
    """

    call: Call
    api_key: str | None
    route: Route
    environment: Mapping[str, str]


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
        json_schema_strict: Whether to ask for strict conformance; None asks for it where the
            schema already qualifies.
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
    json_schema_strict: bool | None = field(default=None, kw_only=True)
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
        if isinstance(self.api_base, str) and (left_out := mended_url(self.api_base)[1]):
            announce("llm_mended", {"backend": NAME, "option": "api_base", "left_out": left_out})
        plan: Plan | Exception
        try:
            plan = self._plan()
        except Exception as error:  # noqa: BLE001 - `run` says what it was
            plan = error
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
            secrets=ready.call.secrets if ready else (),
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
        if problem is None and importlib.util.find_spec("litellm") is None:
            problem = "LiteLLM is not installed; run: pip install litellm"
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
        return next(({"model": model} for model in models if model is not None), {})

    @classmethod
    @hookimpl
    def openrange_key_variables(cls) -> Collection[str]:
        """Every variable that is known to hold a provider's key."""
        return key_variables()

    @classmethod
    @hookimpl
    def openrange_notes(cls) -> Collection[str]:
        """Whether the installed LiteLLM is newer than those that this was tested with."""
        try:
            installed = importlib.metadata.version("litellm")
        except importlib.metadata.PackageNotFoundError:
            return ()
        is_newer = _numbers(installed) > _numbers(TESTED)
        return [f"LiteLLM {installed} is newer than those tested, up to {TESTED}"] * is_newer

    def _problem(self) -> str | None:
        if not isinstance(self.model, str) or not self.model.strip():
            return "model is empty; name one, such as anthropic/claude-sonnet-4-6"
        is_number = isinstance(self.timeout, int | float)
        if not (is_number and self.timeout > 0 and math.isfinite(self.timeout)):
            return f"timeout must be a positive number of seconds, not {self.timeout}"
        place = None if self.api_base is None else mended_url(self.api_base)[0]
        if place is not None and (problem := problem_of_url("api_base", place)):
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
        place = self._place(provider)
        way = _route(self.model, place, self.timeout)
        if provider is None or "/" not in self.model:
            provider, access = way.provider, None
        elif place is None and not share_a_key(provider, way.provider):
            problem = f"LiteLLM would send this to {way.provider} instead of {provider}"
            raise LLMBackendError(f"{problem}; set api_base", kind="not-configured")
        access = access or self._sign_in(provider)
        secrets = [access.key] if access.key else []
        secrets += secrets_in(provider, self.extra_params or {})
        place = place or self._place(provider)
        known = provider_called(provider)
        stays = access.api_key is not None and known.way in ("key", "local") and not known.instead
        call = Call(provider, access.source, self.timeout, place, tuple(secrets), stays)
        environment = own(known, place, signs_in=access.api_key is None)
        return Plan(call, access.api_key, way, environment)

    def _place(self, provider: str | None) -> str | None:
        """Where requests are sent, if not to the provider's own host."""
        given = self.api_base or (address(provider) if provider else None)
        return None if given is None else mended_url(given)[0]

    def _send(self, ask: Ask, plan: Plan | Exception) -> Reply:
        if isinstance(plan, Exception):
            raise plan
        parameters = call_parameters(
            ask, self.extra_params or {}, self.timeout, plan.route, self.json_schema_strict
        )
        if plan.api_key is not None:
            parameters["api_key"] = plan.api_key
        if plan.call.api_base is not None:
            parameters["api_base"] = plan.call.api_base
        reply = _ask(plan.call, plan.environment, parameters=parameters)["reply"]
        usage = Usage(**reply["usage"])
        lists = {name: tuple(reply[name]) for name in ("elsewhere", "thoughts")}
        return Reply(**{**reply, **lists, "usage": usage})


def _numbers(version: str) -> tuple[int, ...]:
    return tuple(map(int, re.findall(r"\d+", version)[:3]))


def _route(model: str, place: str | None, seconds: float) -> Route:
    """What LiteLLM makes of a model's name, which a worker without any key can tell."""
    known = _ROUTES.get((model, place))
    if known is None:
        call = Call(provider_of(model) or "LiteLLM", "api_key", seconds, place)
        known = Route(**_ask(call, own(None), route=model)["route"])
        if len(_ROUTES) < _MAX_ROUTES:
            _ROUTES[model, place] = known
    return known


def _ask(call: Call, environment: Mapping[str, str], **request: object) -> Mapping[str, Any]:
    """What a worker answers; an error is raised."""
    given: dict[str, object] = {name: getattr(call, name) for name in Call.__slots__}
    given["secrets"] = [key.value for key in call.secrets]
    answer = workers.ask({"call": given, **request}, environment, call.timeout)
    if "error" in answer:
        error = dict(answer["error"])
        raise LLMBackendError(error.pop("message"), **error)
    return answer
