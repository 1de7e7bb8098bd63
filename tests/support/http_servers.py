"""Both backends that speak HTTP, against servers that do what real ones were seen to do."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from openrange_litellm import LiteLLMBackend

from openrange import LLMBackend, LLMBackendError, LLMRequest, OpenAICompatibleBackend

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
KEY = "sk-canary-0123456789abcdef"

Make = Callable[..., LLMBackend]


@pytest.fixture(params=["openai-compatible", "litellm"])
def make(request: pytest.FixtureRequest) -> Make:
    """Makes a backend for the server at a URL."""

    def made(url: str, **fields: Any) -> LLMBackend:
        fields = {"api_key": KEY, "max_retries": 0, "timeout": 20.0, **fields}
        if request.param == "litellm":
            extra = {k: fields.pop(k) for k in ("temperature", "max_tokens") if k in fields}
            return LiteLLMBackend("openai/m", api_base=url, extra_params=extra, **fields)
        return OpenAICompatibleBackend(url, "m", **fields)

    return made


def city(llm: LLMBackend, system: str | None = None) -> object:
    """The city that a backend's object names."""
    found = llm.complete(LLMRequest("Which city?", system, SCHEMA)).parsed_json
    assert found is not None
    return found["city"]


def failure(llm: LLMBackend, schema: dict[str, object] | None = None) -> LLMBackendError:
    """How a backend fails."""
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(LLMRequest("Which city?", None, schema))
    assert KEY not in str(caught.value)
    assert len(str(caught.value)) <= 700
    return caught.value
