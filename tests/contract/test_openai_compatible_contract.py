from __future__ import annotations

from typing import Any

from openrange import OpenAICompatibleBackend
from openrange.testing import BackendContract


class TestOpenAICompatibleBackend(BackendContract):
    name = "openai-compatible"
    key_variable = "OPENAI_API_KEY"

    def backend(self, url: str, **fields: Any) -> OpenAICompatibleBackend:
        return OpenAICompatibleBackend(base_url=url, **fields)

    def without_key(self) -> OpenAICompatibleBackend:
        return OpenAICompatibleBackend()
