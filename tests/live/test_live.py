from __future__ import annotations

import os

import pytest

import openrange

# The suite's own conftest removes keys from the environment; these were read before.
ENVIRONMENT = dict(os.environ)


@pytest.fixture
def llm(monkeypatch: pytest.MonkeyPatch) -> openrange.LLMBackend:
    for name, value in ENVIRONMENT.items():
        monkeypatch.setenv(name, value)
    model = ENVIRONMENT["OPENRANGE_LIVE_MODEL"]
    api_base = ENVIRONMENT.get("OPENRANGE_LIVE_API_BASE")
    options = {"api_base": api_base} if api_base else {}
    return openrange.resolve_backend("litellm", model=model, **options)


def test_a_real_model_answers_in_words(llm: openrange.LLMBackend) -> None:
    assert llm.complete(openrange.LLMRequest("Say hello.")).text.strip()


def test_a_real_model_answers_by_a_schema(llm: openrange.LLMBackend) -> None:
    schema = {
        "type": "object",
        "properties": {"capital": {"type": "string"}},
        "required": ["capital"],
        "additionalProperties": False,
    }
    request = openrange.LLMRequest("What is the capital of Portugal?", json_schema=schema)
    parsed = llm.complete(request).parsed_json
    assert parsed is not None
    assert "Lis" in str(parsed["capital"])


def test_a_real_model_designs_a_world(llm: openrange.LLMBackend) -> None:
    assert openrange.build(llm=llm).tasks
