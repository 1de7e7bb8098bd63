"""The backend `plain` of OpenRange: Chat Completions over HTTP."""

from dataclasses import dataclass
from functools import partial

from openrange.llm import BackendSettings, LLMRequest, LLMResult, require_key, run, secret
from openrange.llm.chat import read_completion, request_body
from openrange.llm.json_api import Call, call_json


@dataclass(frozen=True, slots=True)
class PlainBackend(BackendSettings):
    base_url: str = "https://api.plain.example/v1"
    model: str = "plain-1"
    api_key: str | None = secret()
    api_key_env: str | None = "PLAIN_API_KEY"
    timeout: float = 60.0
    max_retries: int = 2

    def complete(self, request: LLMRequest) -> LLMResult:
        key = self._key()
        limits = {"timeout": self.timeout, "max_retries": self.max_retries}
        return run(request, partial(self._send, key), backend="plain", secrets=[key], **limits)

    def preflight(self):
        self._key()

    def _key(self):
        return require_key("plain", self.api_key, self.api_key_env)

    def _send(self, key, ask):
        url, body = f"{self.base_url}/chat/completions", request_body(ask, self.model)
        headers = {"Authorization": f"Bearer {key.value}"}
        reply = call_json("POST", url, body, Call(self.timeout, key), headers=headers)
        return read_completion(reply)
