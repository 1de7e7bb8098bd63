"""Replies that only one of the providers gives, in its own shape."""

from __future__ import annotations

import json
from typing import Any

import pytest
import requests
import respx
from named_shapes import (
    anthropic,
    anthropic_message,
    bedrock_response,
    cohere,
    completion,
    gemini_response,
    groq,
    openai,
    openrouter,
)
from named_wires import KEY, PROMPT, SCHEMA, SYSTEM
from openrange_litellm import LiteLLMBackend
from openrange_litellm.bounds import Bounds
from openrange_litellm.failures import Call, translated

from openrange import LLMBackendError, LLMRequest, LLMResult

PLAIN = LLMRequest(PROMPT, system=SYSTEM)
STRUCTURED = LLMRequest(PROMPT, system=SYSTEM, json_schema=SCHEMA)
OBJECT = '{"city": "Lisbon"}'
LISBON = {"city": "Lisbon"}

OPENAI = "openai/gpt-4o"
ANTHROPIC = "anthropic/claude-sonnet-4-6"
GEMINI = "gemini/gemini-3.5-flash"
BEDROCK = "bedrock/global.anthropic.claude-sonnet-4-6"
COHERE = "cohere/command-a-03-2025"
OPENROUTER = "openrouter/anthropic/claude-sonnet-4.6"
GROQ = "groq/openai/gpt-oss-120b"


def ask(model: str, request: LLMRequest = STRUCTURED, **fields: Any) -> LLMResult:
    more = {"max_retries": 0, "max_reasks": 0, **fields}
    return LiteLLMBackend(model, KEY, **more).complete(request)


def failure(model: str, request: LLMRequest = STRUCTURED, **fields: Any) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        ask(model, request, **fields)
    return caught.value


def calling(name: str, arguments: str) -> dict[str, object]:
    call = {"id": "1", "type": "function", "function": {"name": name, "arguments": arguments}}
    return completion({"content": None, "tool_calls": [call]}, "tool_calls", {})


NO = "I cannot help with that."


@pytest.mark.parametrize(
    ("model", "document"),
    [
        (OPENAI, completion({"content": None, "refusal": NO}, "stop", {})),
        (OPENROUTER, completion({"content": None, "refusal": NO}, "stop", {})),
        (OPENROUTER, openrouter(NO, end="refusal")),
        (ANTHROPIC, anthropic(NO, end="refusal")),
        (
            ANTHROPIC,
            anthropic_message([], "refusal", stop_details={"type": "refusal", "explanation": NO}),
        ),
        (BEDROCK, bedrock_response([{"text": NO}], "refusal")),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
@pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
def test_a_refusal_comes_with_the_words_of_the_model(
    model: str, document: Any, request_: LLMRequest, providers: respx.MockRouter
) -> None:
    providers.post().respond(json=document)
    error = failure(model, request_)
    assert error.kind == "refused", str(error)
    assert NO in str(error)


@pytest.mark.parametrize(
    ("document", "kind", "words"),
    [
        (gemini_response([{"finishReason": "SAFETY"}]), "filtered", "SAFETY"),
        (gemini_response([{"finishReason": "RECITATION"}]), "filtered", "RECITATION"),
        (
            gemini_response([{"finishReason": "SAFETY", "finishMessage": "Too wild."}]),
            "filtered",
            "SAFETY: Too wild.",
        ),
        (
            gemini_response([{"finishReason": "MALFORMED_FUNCTION_CALL"}]),
            "empty",
            "MALFORMED_FUNCTION_CALL",
        ),
        (
            gemini_response([], promptFeedback={"blockReason": "PROHIBITED_CONTENT"}),
            "filtered",
            "PROHIBITED_CONTENT",
        ),
        (gemini_response([{"finishReason": "MAX_TOKENS"}]), "truncated", "raise max_tokens"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_gemini_says_why_there_is_no_text(
    document: Any, kind: str, words: str, providers: respx.MockRouter
) -> None:
    providers.post().respond(json=document)
    error = failure(GEMINI)
    assert error.kind == kind, str(error)
    assert words in str(error)


def test_a_tool_of_anthropic_that_was_cut_off_is_no_empty_object(
    providers: respx.MockRouter,
) -> None:
    use = {"type": "tool_use", "id": "toolu_1", "name": "json_tool_call", "input": {}}
    providers.post().respond(json=anthropic_message([use], "max_tokens"))
    anything = LLMRequest(PROMPT, json_schema={"type": "object"})
    error = failure("anthropic/claude-3-5-sonnet-20240620", anything)
    assert error.kind == "truncated", str(error)


def test_a_full_context_window_is_not_a_matter_of_max_tokens(providers: respx.MockRouter) -> None:
    providers.post().respond(json=anthropic("Lis", end="model_context_window_exceeded"))
    error = failure(ANTHROPIC)
    assert error.kind == "truncated", str(error)
    assert "raise the context window" in str(error)


@pytest.mark.parametrize(
    "document",
    [
        calling("anything", OBJECT),
        completion(
            {"content": "", "function_call": {"name": "f", "arguments": OBJECT}}, "stop", {}
        ),
        completion(
            {"content": "Calling.", **calling("f", OBJECT)["choices"][0]["message"]}, "", {}
        ),  # type: ignore[index]
    ],
    ids=["tool call", "function call", "beside a text"],
)
@pytest.mark.parametrize("model", [OPENAI, OPENROUTER, GROQ, "mistral/mistral-large-latest"])
def test_an_object_in_a_call_is_found(
    model: str, document: dict[str, object], providers: respx.MockRouter
) -> None:
    providers.post().respond(json={**document, "service_tier": None})
    assert ask(model).parsed_json == LISBON


def test_an_object_in_an_unexpected_tool_call_of_cohere_is_found(
    providers: respx.MockRouter,
) -> None:
    call = {"id": "1", "type": "function", "function": {"name": "f", "arguments": OBJECT}}
    reply = cohere(None, end="TOOL_CALL")
    reply["message"] = {"role": "assistant", "tool_plan": "I will call.", "tool_calls": [call]}
    providers.post().respond(json=reply)
    assert ask(COHERE).parsed_json == LISBON


def test_an_error_within_a_choice_of_openrouter_is_told(providers: respx.MockRouter) -> None:
    reply = openrouter("")
    reply["choices"][0]["error"] = {"code": 502, "message": "The upstream gave up."}
    providers.post().respond(json=reply)
    error = failure(OPENROUTER)
    assert error.kind == "server", str(error)
    assert "The upstream gave up" in str(error)


@pytest.mark.parametrize("request_", [PLAIN, STRUCTURED], ids=["plain", "structured"])
def test_groq_need_not_name_a_service_tier(
    request_: LLMRequest, providers: respx.MockRouter
) -> None:
    reply = groq(OBJECT)
    del reply["service_tier"]
    providers.post().respond(json=reply)
    assert ask(GROQ, request_).text == OBJECT


def test_cohere_need_not_report_usage(providers: respx.MockRouter) -> None:
    reply = cohere(OBJECT)
    del reply["usage"]
    providers.post().respond(json=reply)
    assert ask(COHERE).parsed_json == LISBON


def test_openai_may_give_its_content_in_parts(providers: respx.MockRouter) -> None:
    reply = openai(None)
    parts = [{"type": "text", "text": '{"city": '}, {"type": "text", "text": '"Lisbon"}'}]
    reply["choices"][0]["message"]["content"] = parts
    providers.post().respond(json=reply)
    assert ask(OPENAI).parsed_json == LISBON


def test_a_reply_that_is_cut_off_and_not_understood_is_still_cut_off(
    providers: respx.MockRouter,
) -> None:
    reply = cohere("Lis", end="MAX_TOKENS")
    del reply["usage"]
    providers.post().respond(json=reply)
    assert failure(COHERE).kind == "truncated"


@pytest.mark.parametrize("model", ["openai/gpt-5.1-codex", "openai/o3-pro"])
def test_a_model_of_the_responses_api_is_asked_there(
    model: str, providers: respx.MockRouter
) -> None:
    part = {"type": "output_text", "text": OBJECT, "annotations": []}
    message = {"type": "message", "id": "msg_1", "role": "assistant", "status": "completed"}
    document = {
        "id": "resp_1",
        "object": "response",
        "created_at": 1_790_000_000,
        "status": "completed",
        "model": "the-model",
        "output": [{**message, "content": [part]}],
        "usage": {"input_tokens": 11, "output_tokens": 7, "total_tokens": 18},
    }
    route = providers.post("https://api.openai.com/v1/responses").respond(json=document)
    assert ask(model).parsed_json == LISBON
    sent = json.loads(route.calls.last.request.content)
    assert sent["text"]["format"]["schema"] == SCHEMA


def test_the_host_that_signs_in_to_google_may_be_out_of_reach() -> None:
    """Google's package asks by way of urllib3, whose refusals derive from its timeouts."""
    with pytest.raises(requests.ConnectionError) as caught:
        requests.post("https://oauth2.googleapis.com/token", timeout=5)
    error = translated(caught.value, Call("vertex_ai", "api_key", 5.0, None), Bounds(5.0))
    assert error.kind == "connection", str(error)
    assert "cannot find the host of oauth2.googleapis.com" in str(error)


CITY = {"type": "object", "properties": {"name": {"type": "string"}}, "required": ["name"]}
REFERRING: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"$ref": "#/$defs/city"}},
    "required": ["city"],
    "$defs": {"city": CITY},
}


@pytest.mark.parametrize(
    ("given", "conforms"), [({"city": {"name": "Lisbon"}}, True), ({"city": {}}, False)]
)
def test_a_tool_of_anthropic_gets_no_references_and_is_judged_by_them(
    given: dict[str, object], conforms: bool, providers: respx.MockRouter
) -> None:
    use = {"type": "tool_use", "id": "toolu_1", "name": "json_tool_call", "input": given}
    route = providers.post().respond(json=anthropic_message([use], "tool_use"))
    model, request = "anthropic/claude-3-5-sonnet-20240620", LLMRequest("?", json_schema=REFERRING)
    if conforms:
        assert ask(model, request).parsed_json == given
    else:
        assert '$.city: "name" is a required property' in str(failure(model, request))
    (tool,) = json.loads(route.calls.last.request.content)["tools"]
    assert tool["input_schema"]["properties"]["city"] == CITY
    assert "$ref" not in json.dumps(tool)


def test_a_schema_that_refers_to_itself_goes_to_anthropic_in_the_prompt(
    providers: respx.MockRouter,
) -> None:
    tree: dict[str, object] = {
        "type": "object",
        "properties": {"name": {"type": "string"}, "parts": {"type": "array"}},
        "required": ["name"],
    }
    tree["properties"]["parts"]["items"] = {"$ref": "#"}  # type: ignore[index]
    route = providers.post().respond(json=anthropic('{"name": "a", "parts": [{}]}'))
    error = failure("anthropic/claude-3-5-sonnet-20240620", LLMRequest("?", json_schema=tree))
    assert error.kind == "nonconforming"
    assert "$.parts[0]" in str(error)
    sent = json.loads(route.calls.last.request.content)
    assert "tools" not in sent
    assert json.dumps(tree, separators=(",", ":")) in sent["messages"][0]["content"][0]["text"]
