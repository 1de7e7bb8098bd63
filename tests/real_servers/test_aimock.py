"""The mock server `@copilotkit/aimock`, in each format that LiteLLM reaches, and its chaos."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator
from http.client import HTTPConnection
from urllib.parse import urlsplit

import pytest
from openrange_litellm import LiteLLMBackend
from other_programs import free_port, running

import openrange
from openrange import LLMBackend, LLMBackendError, LLMRequest, OpenAICompatibleBackend
from openrange.backends.offline.sampler import sample
from openrange.core.manifest import Manifest
from openrange.packs.webapp import WebappPack

KEY = "sk-canary-0123456789abcdef"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
FORMATS = {
    "core": ("", "/v1"),
    "OpenAI": ("openai/gpt-4o", "/v1"),
    "Anthropic": ("anthropic/claude-sonnet-4-6", ""),
    "Gemini": ("gemini/gemini-3.5-flash", "/v1beta"),
    "Ollama": ("ollama/llama3.1", ""),
    "Cohere": ("cohere/command-a-03-2025", "/v2/chat"),
    "Azure": ("azure/gpt-4o", ""),
    "OpenRouter": ("openrouter/openai/gpt-4o", "/api/v1"),
    "Bedrock": ("bedrock/anthropic.claude-3-5-sonnet-20240620-v1:0", ""),
}


@pytest.fixture(scope="module")
def origin(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("aimock")
    design = sample(WebappPack().design_schema(Manifest.starter()), b"a design")
    slow = {"message": "slow down", "type": "rate_limit_error", "code": "rate_limited"}
    fixtures = [
        {"match": {"userMessage": "Which city"}, "response": {"content": '{"city": "Lisbon"}'}},
        {"match": {"userMessage": "limit me"}, "response": {"error": slow, "status": 429}},
        {"match": {"userMessage": "portal"}, "response": {"content": json.dumps(design)}},
    ]
    (folder / "fixtures.json").write_text(json.dumps({"fixtures": fixtures}))
    port = free_port()
    command = [os.environ["OPENRANGE_AIMOCK"], "-p", str(port), "-f", "fixtures.json"]
    with running(command, port, "/health", folder) as where:
        yield where


@pytest.fixture(params=FORMATS)
def make(
    request: pytest.FixtureRequest, origin: str, monkeypatch: pytest.MonkeyPatch
) -> Callable[..., LLMBackend]:
    model, path = FORMATS[request.param]
    monkeypatch.setenv("AWS_REGION_NAME", "us-east-1")

    def made(**fields: object) -> LLMBackend:
        fields = {"max_retries": 0, "timeout": 60.0, **fields}
        if not model:
            return OpenAICompatibleBackend(f"{origin}{path}", "gpt-4o", KEY, **fields)  # type: ignore[arg-type]
        if request.param == "Azure":
            fields["extra_params"] = {"api_version": "2024-10-21"}
        return LiteLLMBackend(model, KEY, api_base=f"{origin}{path}", **fields)  # type: ignore[arg-type]

    return made


@pytest.fixture
def chaos(origin: str) -> Iterator[Callable[[dict[str, float]], None]]:
    """Sets how often the server fails, and takes it back."""

    def ask(method: str, rates: dict[str, float] | None = None) -> None:
        connection = HTTPConnection(urlsplit(origin).netloc, timeout=10)
        body = None if rates is None else json.dumps(rates)
        connection.request(method, "/__aimock/chaos", body, {"Content-Type": "application/json"})
        answer = connection.getresponse()
        assert answer.status < 300, answer.read()
        connection.close()

    yield lambda rates: ask("POST", rates)
    ask("DELETE")


def test_a_plain_and_a_structured_request(make: Callable[..., LLMBackend]) -> None:
    plain = make().complete(LLMRequest("Which city?", "Be brief."))
    assert plain.text == '{"city": "Lisbon"}'
    found = make().complete(LLMRequest("Which city?", "Be brief.", SCHEMA))
    assert found.parsed_json == {"city": "Lisbon"}


def test_an_error_is_the_provider_s(make: Callable[..., LLMBackend]) -> None:
    with pytest.raises(LLMBackendError) as caught:
        make().complete(LLMRequest("limit me"))
    assert (caught.value.kind, caught.value.status) == ("rate-limit", 429)
    assert "slow down" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_world_is_built(make: Callable[..., LLMBackend]) -> None:
    assert openrange.build(llm=make()).id


@pytest.mark.parametrize(
    ("rates", "kinds"),
    [
        ({"dropRate": 1.0}, {"server", "connection"}),
        ({"malformedRate": 1.0}, {"rejected", "server", "connection", "empty"}),
        ({"disconnectRate": 1.0}, {"connection"}),
    ],
    ids=["drop", "malformed", "disconnect"],
)
def test_chaos_is_an_error_that_says_what_it_was(
    rates: dict[str, float],
    kinds: set[str],
    make: Callable[..., LLMBackend],
    chaos: Callable[[dict[str, float]], None],
) -> None:
    chaos(rates)
    with pytest.raises(LLMBackendError) as caught:
        make().complete(LLMRequest("Which city?"))
    assert caught.value.kind in kinds, str(caught.value)
    assert "unexpectedly" not in str(caught.value)


def test_a_server_that_fails_every_third_time_is_asked_again(
    make: Callable[..., LLMBackend], chaos: Callable[[dict[str, float]], None]
) -> None:
    chaos({"dropRate": 0.33})
    llm = make(max_retries=8)
    for _ in range(5):
        assert llm.complete(LLMRequest("Which city?", None, SCHEMA)).parsed_json
