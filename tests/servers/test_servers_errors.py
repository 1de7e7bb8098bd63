"""An error is judged by all that it says: status, code and words, wherever they stand."""

from __future__ import annotations

import json
from typing import Any

import pytest
from http_servers import SCHEMA, Make, city, failure

from openrange import LLMRequest
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion


def error(message: str, **facts: object) -> dict[str, object]:
    return {"error": {"message": message, **facts}}


RAW = json.dumps(error("Overloaded upstream", type="overloaded_error"))
HOST_PAGE = (
    b"<html><head><title>502 Bad Gateway</title><style>p{}</style></head><body>x</body></html>"
)

# What arrives: the status and the body. What it is: kind, whether it passes, and words of it.
CASES: dict[str, tuple[int, Any, str, bool, str]] = {
    "rate limit in a 200": (200, error("slow down", code=429), "rate-limit", True, "slow down"),
    "trouble in a 200": (200, error("no upstream", code=502), "server", True, "no upstream"),
    "wrong key in a 200": (200, error("bad key", code=401), "auth", False, "check the key"),
    "wrong key in a 400": (
        400,
        error("API key not valid. Please pass a valid API key.", status="INVALID_ARGUMENT"),
        *("auth", False, "check the key in"),
    ),
    "wrong key by its code": (400, error("no", code="invalid_api_key"), "auth", False, "the key"),
    "empty account in a 429": (
        429,
        error("You exceeded your current quota", code="insufficient_quota"),
        *("rate-limit", False, "check its plan and its billing"),
    ),
    "a limit that passes": (
        429,
        error("You exceeded your current quota, retry in 12s", status="RESOURCE_EXHAUSTED"),
        *("rate-limit", True, "wait"),
    ),
    "empty account in a 402": (402, error("Insufficient credits"), "rate-limit", False, "billing"),
    "empty account in a 400": (
        400,
        error("Your credit balance is too low to access the API"),
        *("rate-limit", False, "nothing left"),
    ),
    "used-up budget": (
        400,
        error(
            "Budget has been exceeded! Current cost: 1.2, Max budget: 1.0", type="budget_exceeded"
        ),
        *("rate-limit", False, "nothing left"),
    ),
    "region": (
        403,
        error(
            "Country, region, or territory not supported",
            code="unsupported_country_region_territory",
        ),
        *("rejected", False, "does not serve this place"),
    ),
    "context window": (
        400,
        error("This model's maximum context length is 4096 tokens", code="context_length_exceeded"),
        *("rejected", False, "larger context window"),
    ),
    "loading model": (
        503,
        {"error": "Model m is currently loading", "estimated_time": 20.0},
        *("server", True, "the model is loading"),
    ),
    "overload": (529, error("Overloaded", type="overloaded_error"), "server", True, "overloaded"),
    "unknown model": (
        404,
        error("The model `m` does not exist or you do not have access to it"),
        *("rejected", False, "check the model's name"),
    ),
    "unknown model in a 400": (
        400,
        error("Invalid model name passed in model=m. Call `/v1/models`"),
        *("rejected", False, "check the model's name"),
    ),
    "request too large": (
        413,
        error("Request too large for model m on tokens per minute (TPM)"),
        *("rate-limit", False, "ask the provider for a higher one"),
    ),
    "filter": (
        400,
        error("The response was filtered", code="content_filter"),
        *("filtered", False, "change what is asked"),
    ),
    "behind a gateway": (
        502,
        error("Provider returned error", metadata={"raw": RAW, "provider_name": "Acme"}),
        *("server", True, "passed on from Acme: Provider returned error; Overloaded upstream"),
    ),
    "list of errors": (
        400,
        {"errors": [{"message": "one"}, {"message": "two"}]},
        "rejected",
        False,
        "one; two",
    ),
    "detail of FastAPI": (
        422,
        {"detail": [{"loc": ["body", "messages"], "msg": "field required", "type": "missing"}]},
        *("rejected", False, "body.messages: field required"),
    ),
    "text alone": (500, b"Internal Server Error", "server", True, "Internal Server Error"),
    "page of a gateway": (502, HOST_PAGE, "server", True, "502 Bad Gateway"),
    "page in a 200": (
        200,
        b"<html><title>Sign in</title><p>x</p></html>",
        "rejected",
        False,
        "a page",
    ),
    "code within a text": (
        400,
        error('{"error": {"message": "inner words"}}'),
        "rejected",
        False,
        "inner words",
    ),
}


@pytest.mark.parametrize("case", CASES)
def test_an_error_is_what_it_says(case: str, make: Make, server: ChatServer) -> None:
    status, body, kind, passes, words = CASES[case]
    raw = body if isinstance(body, bytes) else None
    server.script = lambda seen: Answer(status, None if raw else body, raw=raw)
    found = failure(make(server.url))
    assert (found.kind, found.retryable) == (kind, passes), str(found)
    assert words in str(found)
    assert "<" not in str(found)
    assert server.url in str(found) or status == 200


def test_an_error_inside_of_a_choice_is_one(make: Make, server: ChatServer) -> None:
    document = completion("")
    document["choices"][0]["error"] = {"message": "gone", "code": 502}  # type: ignore[index]
    server.script = lambda seen: Answer(document=document)
    assert failure(make(server.url)).retryable is True


def test_an_account_that_is_empty_is_not_asked_again(make: Make, server: ChatServer) -> None:
    said = error("You exceeded your current quota", code="insufficient_quota")
    server.script = lambda seen: Answer(429, said)
    failure(make(server.url, max_retries=3))
    assert len(server.seen) == 1


def test_what_the_provider_itself_finds_wrong_with_an_object_is_asked_again(
    make: Make, server: ChatServer
) -> None:
    def script(seen: Seen) -> Answer:
        if len(server.seen) <= 2:
            said = error("Failed to generate JSON", code="json_validate_failed")
            return Answer(400, said)
        return Answer(document=completion('{"city": "Lisbon"}'))

    server.script = script
    assert city(make(server.url)) == "Lisbon"
    forms = [seen.body.get("response_format", {}).get("type") for seen in server.seen]
    assert forms[0] == forms[1] == "json_schema"
    assert forms[2] != "json_schema"


@pytest.mark.parametrize(
    "status_and_words",
    [
        (400, "Invalid schema for response_format 'openrange_response'"),
        (500, "grammar could not be compiled from json_schema"),
        (400, "Unsupported regex: \\p{L} in a pattern"),
        (422, "structured output is not available for this model"),
    ],
)
def test_a_refusal_of_the_schema_leads_to_a_weaker_form(
    status_and_words: tuple[int, str], make: Make, server: ChatServer
) -> None:
    status, words = status_and_words

    def script(seen: Seen) -> Answer:
        form = seen.body.get("response_format", {}).get("type")
        if form == "json_schema":
            return Answer(status, error(words))
        return Answer(document=completion('{"city": "Lisbon"}'))

    server.script = script
    assert city(make(server.url)) == "Lisbon"
    assert len(server.seen) == 2


def test_a_schema_with_a_pattern_of_other_notation_is_none_that_is_invalid(
    make: Make, server: ChatServer
) -> None:
    schema = {**SCHEMA, "properties": {"city": {"type": "string", "pattern": r"^\p{Lu}"}}}
    server.script = lambda seen: Answer(document=completion('{"city": "Lisbon"}'))
    assert make(server.url).complete(LLMRequest("?", None, schema)).parsed_json == {
        "city": "Lisbon"
    }


def test_a_property_called_ref_is_no_reference(make: Make, server: ChatServer) -> None:
    schema = {"type": "object", "properties": {"$ref": {"type": "string"}}, "required": ["$ref"]}
    server.script = lambda seen: Answer(document=completion('{"$ref": "x"}'))
    assert make(server.url).complete(LLMRequest("?", None, schema)).parsed_json == {"$ref": "x"}
