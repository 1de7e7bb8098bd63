from __future__ import annotations

from typing import Any

from openrange_litellm import LiteLLMBackend

from openrange.testing import BackendContract


class TestLiteLLMBackend(BackendContract):
    name = "litellm"
    key_variable = "OPENAI_API_KEY"

    def backend(self, url: str, **fields: Any) -> LiteLLMBackend:
        return LiteLLMBackend("openai/test-model", api_base=url, **fields)

    def without_key(self) -> LiteLLMBackend:
        return LiteLLMBackend("openai/test-model")
