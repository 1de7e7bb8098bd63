"""A backend for every server that speaks Chat Completions, over the standard library alone."""

from __future__ import annotations

import re
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial

from openrange.errors import Kind, LLMBackendError
from openrange.llm.chat import read_completion, request_body, settings_of
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.forms import Ask
from openrange.llm.hooks import hookimpl
from openrange.llm.json_api import Call, below, call_json, replaced
from openrange.llm.pasted import mended_url, problem_of_url
from openrange.llm.recording import announce
from openrange.llm.reply import Reply
from openrange.llm.run import run
from openrange.llm.secrets import Key, find_key
from openrange.llm.settings import BackendSettings, secret
from openrange.llm.text import presentable
from openrange.plugins.providers import SERVER_VARIABLES

NAME = "openai-compatible"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-6-luna"

# What the names of models say that do something else than chat.
_NO_CHAT = re.compile(
    r"embed|rerank|whisper|\btts|speech|dall-?e|image|moderation|audio|transcri|realtime|sora"
    r"|\bbge\b|\bclip\b|stable.?diffusion|\bflux|guard",
    re.IGNORECASE,
)
_IS_PRIVATE = re.compile(r"auth|cookie|credential|key|password|secret|token", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class OpenAICompatibleBackend(BackendSettings):
    """Asks a server that speaks OpenAI's Chat Completions API.

    Args:
        base_url: Where the API is, up to and without `/chat/completions`.
        model: The model's name there; None stands for the only one that `/models` lists.
        api_key: The key. It beats `api_key_env`.
        api_key_env: The variable that holds the key, read at each call. A base URL other than
            OpenAI's needs no key.
        timeout: Seconds of wall-clock time for one attempt.
        temperature: Sampling temperature; None leaves it to the server.
        max_tokens: Limit on the reply's tokens; None leaves it to the server.
        extra_headers: Header lines, which win over all others.
        extra_body: Fields of the request's body, which cannot displace model, messages or schema.
        json_schema_strict: Whether to ask for strict conformance; None asks for it where the
            schema already qualifies.
        max_retries: How often a request that failed for a passing reason is sent again.
        max_reasks: How often a reply that does not conform is asked for again.
    """

    base_url: str = DEFAULT_BASE_URL
    model: str | None = DEFAULT_MODEL
    api_key: str | None = secret()
    api_key_env: str | None = "OPENAI_API_KEY"
    timeout: float = 120.0
    temperature: float | None = None
    max_tokens: int | None = None
    extra_headers: Mapping[str, str] | None = field(default=None, hash=False, repr=False)
    extra_body: Mapping[str, object] | None = field(default=None, hash=False)
    json_schema_strict: bool | None = None
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
        if isinstance(self.base_url, str) and (left_out := mended_url(self.base_url)[1]):
            announce("llm_mended", {"backend": NAME, "option": "base_url", "left_out": left_out})
        return run(
            request,
            partial(self._send, found=[]),
            backend=NAME,
            model=self.model,
            timeout=self.timeout,
            max_retries=self.max_retries,
            max_reasks=self.max_reasks,
            secrets=self._secrets(),
            memory_key=(NAME, self.base_url, self.model),
        )

    def preflight(self) -> None:
        """Check what can be checked without a network call.

        Raises:
            LLMBackendError: Of kind `not-configured`: the base URL is not http or https, or holds
                a password; the model is empty; the timeout is not positive; or the key is missing.
        """
        if problem := self._problem():
            raise LLMBackendError(f"{NAME}: {problem}", kind="not-configured")

    @classmethod
    @hookimpl
    def openrange_environment(cls, environ: Mapping[str, str]) -> Mapping[str, object]:
        """A base URL from the environment, whose only model is taken."""
        given = (environ.get(name, "") for name in SERVER_VARIABLES)
        base_url = next(filter(is_own_server, given), None)
        return {} if base_url is None else {"base_url": base_url, "model": None}

    def _problem(self) -> str | None:
        if problem := problem_of_url("base_url", self._url):
            return problem
        if self.model is not None and not self.model.strip():
            return "model is empty; name one, or leave it out"
        if not 0 < self.timeout < float("inf"):
            return f"timeout must be a positive number of seconds, not {self.timeout:g}"
        if self._key() is None and self._url.rstrip("/") == DEFAULT_BASE_URL:
            return f"no key: set {self._key_source}"
        return None

    @property
    def _url(self) -> str:
        """The base URL that is meant."""
        return mended_url(self.base_url)[0]

    @property
    def _key_source(self) -> str:
        return "api_key" if self.api_key is not None else self.api_key_env or "api_key_env"

    def _key(self) -> Key | None:
        return find_key(self.api_key, self.api_key_env)

    def _secrets(self) -> list[Key | None]:
        """The key, and what may be one among the extra headers."""
        try:
            key = self._key()
        except LLMBackendError:
            key = None  # the preflight of the first request says so
        private = [
            value for name, value in (self.extra_headers or {}).items() if _IS_PRIVATE.search(name)
        ]
        parts = [*private, *(part for value in private for part in value.split())]
        return [key, *map(Key, filter(None, parts))]

    def _send(self, ask: Ask, found: list[str]) -> Reply:
        """Make one request; `found` keeps the server's only model between the attempts."""
        if problem := self._problem():
            raise LLMBackendError(problem, kind="not-configured")
        deadline = time.monotonic() + self.timeout
        if self.model is None and not found:
            found.append(self._only_model())
        settings: dict[str, object] = {}
        if self.temperature is not None:
            settings["temperature"] = self.temperature
        if self.max_tokens is not None:
            settings["max_tokens"] = self.max_tokens
        body = settings_of(settings | dict(self.extra_body or {}), ask)
        body |= request_body(ask, self.model or found[0], self.json_schema_strict)
        left = max(0.0, deadline - time.monotonic())
        answer = self._call("POST", "chat/completions", body, left)
        return read_completion(answer, key_source=self._key_source)

    def _only_model(self) -> str:
        """The model that the server lists, if it lists one that can chat."""
        step = "name a model: OPENRANGE_MODEL or --model"
        kind: Kind = "not-configured"
        try:
            document = self._call("GET", "models", None, self.timeout)
        except LLMBackendError as error:
            if error.retryable or error.kind not in ("rejected", "server", "empty"):
                raise
            problem, kind = str(error), error.kind
        else:
            listed = _names_of(document)
            fitting = [name for name in listed if not _NO_CHAT.search(name)]
            if len(fitting) == 1:
                return fitting[0]
            problem = f"{self._url} lists {len(listed)} models" if listed else "none is listed"
            if some := ", ".join(sorted(fitting, key=len)[:5]):
                step += f", such as {some}"
            elif listed:
                problem += f", of which none is for chat ({', '.join(listed[:3])})"
        raise LLMBackendError(f"no model is named, and {problem}; {step}", kind=kind)

    def _call(
        self, method: str, path: str, body: Mapping[str, object] | None, left: float
    ) -> object:
        key = self._key()
        headers = {} if key is None else {"Authorization": f"Bearer {key.value}"}
        extra = self.extra_headers or {}
        for name, value in extra.items():
            if name.lower() == "authorization" or (key is None and _IS_PRIVATE.search(name)):
                key = Key(value, "extra_headers")
        return call_json(
            method,
            below(self._url, path),
            body,
            Call(self.timeout, key, self._key_source, tuple(filter(None, self._secrets())), left),
            headers=replaced(headers, extra),
        )


def is_own_server(base_url: str) -> bool:
    """Whether a base URL from the environment says more than the default does.

    Args:
        base_url: The value of a variable; empty where it is not set.

    Returns:
        True for another server than OpenAI's.
    """
    return bool(base_url) and mended_url(base_url)[0].rstrip("/") != DEFAULT_BASE_URL


def _names_of(document: object) -> list[str]:
    """The names in a list of models: OpenAI's form, Ollama's and LM Studio's, or a bare list."""
    listed: object = document
    if isinstance(document, dict):
        listed = document.get("data") or document.get("models")
    names: list[str] = []
    for entry in listed if isinstance(listed, list) else []:
        name = entry.get("id") or entry.get("name") if isinstance(entry, dict) else entry
        if isinstance(name, str) and name.strip():
            names.append(presentable(name, 100))
    return names
