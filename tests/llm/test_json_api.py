from __future__ import annotations

import re
from typing import Any

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import Ask, Key
from openrange.llm.chat import request_body
from openrange.llm.json_api import Call, below, call_json, replaced
from openrange.testing.chat_server import Answer, ChatServer

KEY = "sk-live-0123456789abcdef"
HEADERS = {"X-Api-Key": KEY}


def call(server: ChatServer, document: object = None, **changes: Any) -> object:
    return call_json(
        "GET" if document is None else "POST",
        below(server.url, "things"),
        document,
        Call(5, Key(KEY, "ACME_API_KEY")),
        headers=HEADERS,
        **changes,
    )


def test_a_document_goes_out_and_one_comes_back(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=["one", {"two": None}])
    assert call(server, {"a": "\u00e9"}) == ["one", {"two": None}]
    (seen,) = server.seen
    assert (seen.method, seen.path, seen.body) == ("POST", "/v1/things", {"a": "\u00e9"})
    assert (seen.headers["X-Api-Key"], seen.headers["Content-Type"]) == (KEY, "application/json")


def test_every_status_of_success_is_one(server: ChatServer) -> None:
    server.script = lambda seen: Answer(201, document="made")
    assert call(server) == "made"


def test_an_author_says_where_the_message_of_an_error_stands(server: ChatServer) -> None:
    for document, says in (
        ({"why": f"no {KEY}"}, "HTTP 400: no [redacted];"),
        ({"what": 1}, 'HTTP 400: {"what": 1};'),
        ({"why": 5}, 'HTTP 400: {"why": 5};'),
        (None, "HTTP 400: null;"),
    ):
        server.script = lambda seen, document=document: Answer(400, document)
        with pytest.raises(LLMBackendError, match=re.escape(says)):
            call(server, said=lambda found: found["why"])


def test_without_a_document_there_is_no_body(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document={})
    assert call(server) == {}
    assert "Content-Type" not in server.seen[0].headers


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (
            Answer(401, {"error": {"message": f"bad {KEY}"}}),
            "auth",
            "check the key in ACME_API_KEY",
        ),
        (Answer(503, raw=f"busy {KEY}".encode()), "server", "HTTP 503: busy [redacted]"),
        (Answer(raw=f"<p>{KEY}".encode()), "rejected", "answered with a page: '[redacted]'"),
        (Answer(raw=b"[" * 5000), "connection", "broke off in the middle of its JSON"),
        (Answer(raw=b"[" * 12_000 + b"]" * 12_000), "rejected", "answered with what is no JSON"),
        (Answer(raw=b'{"a": {"b": 1}'), "connection", "broke off in the middle of its JSON"),
        (Answer(204, raw=b""), "empty", "the server answered without a body"),
        (Answer(205, raw=b""), "empty", "the server answered without a body"),
    ],
)
def test_every_failure_is_a_backend_error_without_the_key(
    server: ChatServer, answer: Answer, kind: str, says: str
) -> None:
    server.script = lambda seen: answer
    with pytest.raises(LLMBackendError) as caught:
        call(server, {})
    error = caught.value
    assert (error.kind, error.status) == (kind, None if kind == "connection" else answer.status)
    assert says in str(error)
    assert KEY not in str(error)
    assert error.__context__ is None


class Odd:
    """Nothing that JSON knows."""


@pytest.mark.parametrize("document", [float("nan"), {"a": [Odd()]}, {(1, 2): 3}])
def test_a_document_that_is_no_json_is_not_sent(server: ChatServer, document: object) -> None:
    with pytest.raises(LLMBackendError, match="the document to send is no JSON: ") as caught:
        call(server, document)
    assert (caught.value.kind, caught.value.__context__) == ("rejected", None)
    assert server.seen == []


@pytest.mark.parametrize(
    ("url", "headers", "kind"),
    [
        ("http://[::1", {}, "not-configured"),
        ("http://127.0.0.1:99999/v1", {}, "not-configured"),
        (f"ftp://user:{KEY}@h/v1", {}, "not-configured"),
        (None, {"A": None}, "not-configured"),
        (None, {5: "a"}, "not-configured"),
        (f"http://{KEY}.invalid/v1", {}, "connection"),
    ],
)
def test_what_cannot_be_sent_is_a_backend_error_without_the_key(
    server: ChatServer, url: str | None, headers: Any, kind: str
) -> None:
    url = url or server.url
    with pytest.raises(LLMBackendError) as caught:
        call_json("GET", url, None, Call(5, Key(KEY)), headers=headers)
    error = caught.value
    assert (error.kind, error.__context__, error.__cause__) == (kind, None, None)
    assert KEY not in f"{error} {error.detail}"


@pytest.mark.parametrize("ending", ["\r\n", "\n\u00e9"])
def test_a_header_that_http_cannot_carry_is_not_shown(server: ChatServer, ending: str) -> None:
    key = Key(KEY + ending)
    headers = {"Authorization": f"Bearer {key.value}"}
    with pytest.raises(LLMBackendError, match="a header or the URL is malformed") as caught:
        call_json("GET", server.url, None, Call(5, key), headers=headers)
    assert not caught.value.retryable
    assert KEY not in str(caught.value.detail)


def test_a_url_that_http_cannot_carry_is_not_asked_again(server: ChatServer) -> None:
    url = f"{server.url}/a b"
    with pytest.raises(LLMBackendError, match="a header or the URL is malformed") as caught:
        call_json("GET", url, None, Call(5), headers={})
    assert not caught.value.retryable


@pytest.mark.parametrize(
    ("key", "says"),
    [
        (Key(KEY, "ACME_API_KEY"), "check the key in ACME_API_KEY"),
        (None, "no key was sent; set ACME_API_K"),
    ],
)
def test_a_refusal_says_whether_a_key_was_sent(
    server: ChatServer, key: Key | None, says: str
) -> None:
    server.script = lambda seen: Answer(401, {"error": "who?"})
    with pytest.raises(LLMBackendError, match=says):
        call_json("GET", server.url, None, Call(5, key, "ACME_API_KEY"), headers={})


def test_a_refusal_of_the_schema_makes_room_for_another_form(server: ChatServer) -> None:
    server.script = lambda seen: Answer(400, {"error": "response_format is not supported"})
    with pytest.raises(LLMBackendError) as caught:
        call(server, {})
    assert caught.value.kind == "unsupported"


def test_header_lines_replace_those_of_the_same_name_in_any_case() -> None:
    assert replaced({"Accept": "a", "B": "b"}, {"ACCEPT": "c"}) == {"B": "b", "ACCEPT": "c"}


@pytest.mark.parametrize(
    ("base", "url"),
    [
        ("http://h/v1", "http://h/v1/chat/completions"),
        ("http://h/v1/", "http://h/v1/chat/completions"),
        ("http://h", "http://h/chat/completions"),
        ("http://h/v1?api-version=2#x", "http://h/v1/chat/completions?api-version=2"),
    ],
)
def test_a_path_goes_below_the_base(base: str, url: str) -> None:
    assert below(base, "chat/completions") == url


def test_a_request_asks_for_an_object_in_the_form_that_is_asked_for() -> None:
    schema: dict[str, object] = {"type": "object"}
    conversation = [{"role": "system", "content": "s"}, {"role": "user", "content": "p"}]
    plain = {"model": "m", "messages": conversation, "stream": False}
    assert request_body(Ask("p", "s", "text"), "m") == plain
    assert request_body(Ask("p", "s", "prompt"), "m") == plain
    asked = request_body(Ask("p", "s", "json"), "m")
    assert asked == {**plain, "response_format": {"type": "json_object"}}
    for strict, sent in ((None, False), (True, True)):
        asked = request_body(Ask("p", "s", "native", schema), "m", strict)
        described = {"name": "openrange_response", "schema": schema, "strict": sent}
        assert asked["response_format"] == {"type": "json_schema", "json_schema": described}
