"""A backend for every server that speaks Chat Completions, over the standard library alone."""

from __future__ import annotations

import json
import re
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from functools import partial
from urllib.parse import urlsplit, urlunsplit

from openrange.errors import LLMBackendError
from openrange.hookspecs import hookimpl
from openrange.llm.chat import error_message, messages, read_completion
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.failure import http_failure, retry_after_seconds
from openrange.llm.http import HTTPReply, HTTPRequest, exchange, problem_of_url
from openrange.llm.run import Ask, Reply, run
from openrange.llm.schema import qualifies_for_strict
from openrange.llm.secrets import Key, find_key, redact
from openrange.llm.settings import BackendSettings, secret

NAME = "openai-compatible"
DEFAULT_BASE_URL = "https://api.openai.com/v1"
DEFAULT_MODEL = "gpt-4o-mini"
RESPONSE_NAME = "openrange_response"

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
        base_url = environ.get("OPENAI_BASE_URL", DEFAULT_BASE_URL)
        is_default = base_url.rstrip("/") == DEFAULT_BASE_URL
        return {} if is_default else {"base_url": base_url, "model": None}

    def _problem(self) -> str | None:
        if problem := problem_of_url("base_url", self.base_url):
            return problem
        if self.model is not None and not self.model.strip():
            return "model is empty; name one, or leave it out"
        if not 0 < self.timeout < float("inf"):
            return f"timeout must be a positive number of seconds, not {self.timeout:g}"
        if self._key() is None and self.base_url.rstrip("/") == DEFAULT_BASE_URL:
            return f"no key: set {self._key_source}"
        return None

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
        body: dict[str, object] = {}
        if self.temperature is not None:
            body["temperature"] = self.temperature
        if self.max_tokens is not None:
            body["max_tokens"] = self.max_tokens
        body |= self.extra_body or {}
        body |= {"model": self.model or found[0], "messages": messages(ask)}
        if response_format := self._response_format(ask):
            body["response_format"] = response_format
        left = max(0.0, deadline - time.monotonic())
        reply = self._exchange("POST", "chat/completions", body, left)
        if reply.status != 200:
            raise self._failure(reply, with_schema="response_format" in body)
        return read_completion(self._parsed(reply))

    def _response_format(self, ask: Ask) -> dict[str, object] | None:
        if ask.form == "json":
            return {"type": "json_object"}
        if ask.schema is None:
            return None
        strict = self.json_schema_strict
        if strict is None:
            strict = qualifies_for_strict(ask.schema)
        described = {"name": RESPONSE_NAME, "schema": ask.schema, "strict": strict}
        return {"type": "json_schema", "json_schema": described}

    def _only_model(self) -> str:
        reply = self._exchange("GET", "models", None, self.timeout)
        if reply.status != 200:
            raise self._failure(reply)
        document = self._parsed(reply)
        listed = document.get("data") if isinstance(document, dict) else None
        entries = listed if isinstance(listed, list) else []
        names = [entry["id"] for entry in entries if isinstance(entry, dict) and "id" in entry]
        if len(names) != 1 or not isinstance(names[0], str):
            some = ", ".join(str(name) for name in names[:5]) or "none"
            raise LLMBackendError(
                f"no model is named and {self.base_url} lists {len(names)} ({some}); "
                "set OPENRANGE_MODEL to one of them",
                kind="not-configured",
            )
        return names[0]

    def _exchange(
        self, method: str, path: str, body: Mapping[str, object] | None, left: float
    ) -> HTTPReply:
        content = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = {"Accept": "application/json", "User-Agent": "openrange"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        private = {}
        if key := self._key():
            private["Authorization"] = f"Bearer {key.value}"
        for name, value in (self.extra_headers or {}).items():
            # Header names know no case: the caller's line has to replace ours, not join it.
            for ours in (headers, private):
                for known in [known for known in ours if known.lower() == name.lower()]:
                    del ours[known]
            private[name] = value
        url = _joined(self.base_url, path)
        return exchange(HTTPRequest(method, url, headers, private, content), self.timeout, left)

    def _failure(self, reply: HTTPReply, *, with_schema: bool = False) -> LLMBackendError:
        said = reply.body.decode("utf-8", "replace")
        with suppress(ValueError, RecursionError):  # not JSON: the body's own words
            said = error_message(json.loads(said)) or said
        return http_failure(
            reply.status,
            said,
            key_source=self._key_source,
            secrets=filter(None, self._secrets()),
            retry_after=retry_after_seconds(reply.headers.get("Retry-After")),
            with_schema=with_schema,
        )

    def _parsed(self, reply: HTTPReply) -> object:
        with suppress(ValueError, RecursionError):
            return json.loads(reply.body)
        words = redact(reply.body.decode("utf-8", "replace"), filter(None, self._secrets()))
        raise LLMBackendError(
            f"the server did not answer with JSON but with {' '.join(words.split())[:80]!r}; "
            "check the base URL",
            kind="rejected",
            status=reply.status,
        )


def _joined(base_url: str, path: str) -> str:
    """A URL below the base, whose query, such as an API version, stays at the end."""
    parts = urlsplit(base_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}", fragment=""))
