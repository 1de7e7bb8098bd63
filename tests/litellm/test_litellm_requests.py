from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx
from openrange_litellm import LiteLLMBackend
from provider_replies import (
    ANTHROPIC,
    ANTHROPIC_URL,
    GEMINI,
    OPENAI,
    OPENAI_URL,
    PROVIDERS,
    SECRET,
    Provider,
    openai_reply,
)

from openrange import LLMBackendError, LLMRequest, LLMResult
from openrange.llm import Recorder, recording

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PLAIN = LLMRequest("Where?", system="Be brief.")
STRUCTURED = LLMRequest("Where?", system="Be brief.", json_schema=SCHEMA)
LISBON = LLMResult('{"city": "Lisbon"}', {"city": "Lisbon"})


def answer(router: respx.MockRouter, *documents: object) -> None:
    router.post().mock(side_effect=[httpx.Response(200, json=each) for each in documents])


def body(router: respx.MockRouter, index: int = -1) -> Any:
    return json.loads(router.calls[index].request.content)


def backend(provider: Provider, **fields: Any) -> LiteLLMBackend:
    return LiteLLMBackend(provider.model, **{"api_key": SECRET, "max_retries": 0, **fields})


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_plain_completion(provider: Provider, providers: respx.MockRouter) -> None:
    answer(providers, provider.reply("Lisbon."))
    assert backend(provider).complete(PLAIN) == LLMResult("Lisbon.", None)
    (call,) = providers.calls
    assert provider.headers.items() <= dict(call.request.headers).items()
    assert SECRET not in str(call.request.url)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_structured_completion(provider: Provider, providers: respx.MockRouter) -> None:
    answer(providers, provider.reply('{"city": "Lisbon"}'))
    assert backend(provider).complete(STRUCTURED) == LISBON
    assert len(providers.calls) == 1


def test_openai_gets_roles_and_a_response_format(providers: respx.MockRouter) -> None:
    answer(providers, openai_reply('{"city": "Lisbon"}'))
    backend(OPENAI, extra_params={"temperature": 0.2}).complete(STRUCTURED)
    assert str(providers.calls.last.request.url) == OPENAI_URL
    assert body(providers) == {
        "model": "gpt-4o",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Where?"},
        ],
        "temperature": 0.2,
        "response_format": {
            "type": "json_schema",
            "json_schema": {"name": "openrange_response", "schema": SCHEMA, "strict": True},
        },
    }


def test_a_schema_that_does_not_qualify_is_not_sent_as_strict(
    providers: respx.MockRouter,
) -> None:
    answer(providers, openai_reply('{"city": "Lisbon"}'))
    loose = {"type": "object", "properties": {"city": {"type": "string", "minLength": 1}}}
    backend(OPENAI).complete(LLMRequest("Where?", json_schema=loose))
    assert body(providers)["response_format"]["json_schema"]["strict"] is False


@pytest.mark.parametrize("strict", [True, False])
def test_strictness_can_be_asked_for_or_ruled_out(
    strict: bool, providers: respx.MockRouter
) -> None:
    answer(providers, openai_reply('{"city": "Lisbon"}'))
    backend(OPENAI, json_schema_strict=strict).complete(STRUCTURED)
    assert body(providers)["response_format"]["json_schema"]["strict"] is strict


def test_anthropic_gets_the_system_apart_and_an_output_format(
    providers: respx.MockRouter,
) -> None:
    answer(providers, ANTHROPIC.reply('{"city": "Lisbon"}'))
    backend(ANTHROPIC, extra_params={"max_tokens": 50}).complete(STRUCTURED)
    assert str(providers.calls.last.request.url) == ANTHROPIC_URL
    sent = body(providers)
    assert sent["model"] == "claude-sonnet-4-6"
    assert sent["system"] == [{"type": "text", "text": "Be brief."}]
    assert sent["messages"] == [{"role": "user", "content": [{"type": "text", "text": "Where?"}]}]
    assert sent["max_tokens"] == 50
    assert sent["output_format"] == {"type": "json_schema", "schema": SCHEMA}


def test_gemini_gets_contents_and_a_response_schema(providers: respx.MockRouter) -> None:
    answer(providers, GEMINI.reply('{"city": "Lisbon"}'))
    backend(GEMINI).complete(STRUCTURED)
    url = providers.calls.last.request.url
    assert url.host == "generativelanguage.googleapis.com"
    assert url.path.endswith("/models/gemini-3.5-flash:generateContent")
    sent = body(providers)
    assert sent["system_instruction"] == {"parts": [{"text": "Be brief."}]}
    assert sent["contents"] == [{"role": "user", "parts": [{"text": "Where?"}]}]
    assert sent["generationConfig"]["response_mime_type"] == "application/json"
    assert sent["generationConfig"]["response_json_schema"] == SCHEMA


def test_a_provider_without_structured_output_gets_the_schema_in_the_prompt(
    providers: respx.MockRouter,
) -> None:
    reply = {
        "id": "1",
        "finish_reason": "COMPLETE",
        "message": {
            "role": "assistant",
            "content": [{"type": "text", "text": 'Sure: {"city": "Lisbon"}'}],
        },
        "usage": {"tokens": {"input_tokens": 11, "output_tokens": 7}},
    }
    answer(providers, reply)
    llm = LiteLLMBackend("cohere/command-a-03-2025", SECRET)
    assert llm.complete(STRUCTURED).parsed_json == {"city": "Lisbon"}
    sent = body(providers)
    assert "response_format" not in sent
    assert json.dumps(SCHEMA, separators=(",", ":")) in sent["messages"][-1]["content"]


def test_a_form_that_the_provider_refuses_makes_room_for_the_next_one(
    providers: respx.MockRouter,
) -> None:
    refusal = {"error": {"message": "response_format is not supported by this model"}}
    providers.post().mock(
        side_effect=[
            httpx.Response(400, json=refusal),
            httpx.Response(400, json=refusal),
            httpx.Response(200, json=openai_reply('{"city": "Lisbon"}')),
            httpx.Response(200, json=openai_reply('{"city": "Lisbon"}')),
        ]
    )
    llm = LiteLLMBackend("openai/knows-no-schema", SECRET, max_retries=0)
    assert llm.complete(STRUCTURED) == LISBON
    formats = [body(providers, index).get("response_format", {}).get("type") for index in range(3)]
    assert formats == ["json_schema", "json_object", None]
    assert llm.complete(STRUCTURED) == LISBON
    assert len(providers.calls) == 4, "the refusals are remembered"


def test_a_refusal_comes_with_the_words_of_the_model(providers: respx.MockRouter) -> None:
    answer(providers, openai_reply(None, refusal="I cannot help with that."))
    with pytest.raises(LLMBackendError, match="refused: I cannot help with that") as caught:
        backend(OPENAI).complete(STRUCTURED)
    assert caught.value.kind == "refused"


def test_a_cut_reply_names_the_limit_to_raise(providers: respx.MockRouter) -> None:
    answer(providers, openai_reply('{"city": "Lis', finish_reason="length"))
    with pytest.raises(LLMBackendError, match="raise max_tokens") as caught:
        backend(OPENAI).complete(STRUCTURED)
    assert caught.value.kind == "truncated"


def test_an_object_in_the_reasoning_is_found(providers: respx.MockRouter) -> None:
    answer(providers, openai_reply("", reasoning_content='So: {"city": "Lisbon"}'))
    assert backend(OPENAI).complete(STRUCTURED) == LISBON


def test_an_object_in_a_tool_call_is_found(providers: respx.MockRouter) -> None:
    function = {"name": "reply", "arguments": '{"city": "Lisbon"}'}
    calls = [{"id": "1", "type": "function", "function": function}]
    answer(providers, openai_reply(None, tool_calls=calls))
    assert backend(OPENAI).complete(STRUCTURED) == LISBON


def recorded(llm: LiteLLMBackend) -> Recorder:
    with recording() as recorder:
        llm.complete(PLAIN)
    return recorder


def test_usage_and_price_are_recorded(providers: respx.MockRouter) -> None:
    answer(providers, openai_reply("Lisbon."))
    recorder = recorded(backend(OPENAI))
    usage = recorder.usage.to_mapping()
    cost = usage.pop("cost_usd")
    assert usage == {
        "requests": 1,
        "input_tokens": 11,
        "output_tokens": 7,
        "cached_tokens": 3,
        "reasoning_tokens": 2,
    }
    assert cost is not None
    assert 0 < cost < 0.01
    assert recorder.models == ["gpt-4o-2024-08-06"]


def test_a_price_that_nobody_knows_is_none(providers: respx.MockRouter) -> None:
    answer(providers, {**openai_reply("Lisbon."), "model": "home-made"})
    llm = LiteLLMBackend("openai/home-made", SECRET)
    assert recorded(llm).usage.cost_usd is None


def test_the_parameters_of_a_backend_are_not_changed_by_a_request(
    providers: respx.MockRouter,
) -> None:
    answer(providers, openai_reply("Lisbon."))
    llm = backend(OPENAI, extra_params={"metadata": {"trace": {"id": "1"}}})
    llm.complete(PLAIN)
    assert llm.extra_params == {"metadata": {"trace": {"id": "1"}}}
