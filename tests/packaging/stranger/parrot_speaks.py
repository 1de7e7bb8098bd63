"""Asks parrots, over an API of their own that is not Chat Completions, with httpx."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from openrange.llm import (
    Ask,
    BackendSettings,
    Key,
    LLMBackendError,
    LLMRequest,
    LLMResult,
    Reply,
    Usage,
    carried_failure,
    find_key,
    run,
    secret,
    within,
)
from openrange.llm.failure import connection_failure, http_failure, retry_after_seconds

ENDINGS = {"bitten off": "length", "sulks": "refusal", "covered": "filter"}


@dataclass(frozen=True, slots=True)
class Parrot(BackendSettings):
    """A parrot."""

    base_url: str = "https://parrots.example/v2"
    species: str = "grey"
    token: str | None = secret()
    token_env: str = "PARROT_TOKEN"
    timeout: float = 60.0
    max_retries: int = 2

    def complete(self, request: LLMRequest) -> LLMResult:
        """Ask."""
        return run(
            request,
            self._send,
            backend="parrot",
            model=self.species,
            forms=("native", "prompt"),
            timeout=self.timeout,
            max_retries=self.max_retries,
            secrets=[self._key()],
        )

    def preflight(self) -> None:
        """Look for the token."""
        self._needed_key()

    def _key(self) -> Key | None:
        return find_key(self.token, self.token_env)

    def _needed_key(self) -> Key:
        key = self._key()
        if key is None:
            raise LLMBackendError(f"parrot: no key: set {self.token_env}", kind="not-configured")
        return key

    def _send(self, ask: Ask) -> Reply:
        key = self._needed_key()
        body = {"before": ask.system, "say": ask.prompt, "shape": ask.schema}
        status, headers, said = within(self.timeout, lambda: self._post(body, key))
        if status != 200:
            words = said.get("why") if isinstance(said, dict) else None
            raise http_failure(
                status,
                str(words),
                key_source=self.token_env,
                secrets=[key],
                retry_after=retry_after_seconds(headers.get("retry-after")),
            )
        match said:
            case {
                "words": str(words),
                "mood": str(mood),
                "heard": int(heard),
                "spoken": int(spoken),
            }:
                return Reply(
                    words,
                    finish=ENDINGS.get(mood, "stop"),  # type: ignore[arg-type]
                    explanation=words,
                    usage=Usage(input_tokens=heard, output_tokens=spoken),
                )
        squawk = LLMBackendError("the parrot squawked", kind="server", retryable=True)
        raise carried_failure(said) or squawk

    def _post(self, body: dict[str, Any], key: Key) -> tuple[int, Any, Any]:
        import httpx

        failure: LLMBackendError
        try:
            with httpx.Client(timeout=self.timeout) as client:
                reply = client.post(
                    f"{self.base_url}/say", json=body, headers={"X-Token": key.value}
                )
            return reply.status_code, reply.headers, reply.json()
        except ValueError:
            failure = LLMBackendError("the parrot squawked", kind="server", retryable=True)
        except httpx.TransportError as error:
            failure = connection_failure(error, self.base_url)
        raise failure
