from __future__ import annotations

import copy
import json
import socket
from dataclasses import replace

import pytest

from openrange import LLMBackend, LLMBackendError, LLMRequest, LLMResult, OpenAICompatibleBackend
from openrange.llm import recording
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

SCHEMA = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
PLAIN = LLMRequest("Where?", system="Be brief.")
STRUCTURED = LLMRequest("Where?", system="Be brief.", json_schema=SCHEMA)
SECRET = "sk-live-0123456789abcdef"


def backend(server: ChatServer, **fields: object) -> OpenAICompatibleBackend:
    settings = {"base_url": server.url, "model": "test-model", "max_retries": 0, **fields}
    return OpenAICompatibleBackend(**settings)  # type: ignore[arg-type]


def failure(llm: OpenAICompatibleBackend, request: LLMRequest = PLAIN) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(request)
    return caught.value


def test_a_plain_completion(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon."))
    llm = backend(server, api_key=SECRET, temperature=0.2, max_tokens=50)
    assert isinstance(llm, LLMBackend)
    assert llm.complete(PLAIN) == LLMResult("Lisbon.", None)
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["Authorization"] == f"Bearer {SECRET}"
    assert seen.body == {
        "model": "test-model",
        "messages": [
            {"role": "system", "content": "Be brief."},
            {"role": "user", "content": "Where?"},
        ],
        "temperature": 0.2,
        "max_tokens": 50,
        "stream": False,
    }


def test_a_structured_completion(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion('{"city": "Lisbon"}'))
    result = backend(server).complete(STRUCTURED)
    assert result == LLMResult('{"city": "Lisbon"}', {"city": "Lisbon"})
    assert server.seen[0].body["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "openrange_response", "schema": SCHEMA, "strict": True},
    }


@pytest.mark.parametrize(
    ("setting", "schema", "strict"),
    [
        (None, SCHEMA, True),
        (None, {"type": "object"}, False),
        (False, SCHEMA, False),
        (True, {"type": "object"}, True),
    ],
)
def test_strict_is_asked_for_where_the_schema_qualifies_or_the_user_says_so(
    server: ChatServer, setting: bool | None, schema: dict[str, object], strict: bool
) -> None:
    backend(server, json_schema_strict=setting).complete(LLMRequest("q", json_schema=schema))
    assert server.seen[0].body["response_format"]["json_schema"]["strict"] is strict  # type: ignore[index]


def test_no_key_is_needed_and_none_is_sent_to_another_server_than_openai(
    server: ChatServer,
) -> None:
    backend(server).complete(PLAIN)
    assert "Authorization" not in server.seen[0].headers


def test_white_space_around_a_key_is_dropped(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", f" {SECRET}\n")
    backend(server).complete(PLAIN)
    assert server.seen[0].headers["Authorization"] == f"Bearer {SECRET}"


def test_extra_headers_win_whatever_their_case(server: ChatServer) -> None:
    headers = {"authorization": "Basic abc", "X-Team": "red", "user-agent": "mine"}
    backend(server, api_key=SECRET, extra_headers=headers).complete(PLAIN)
    sent = {name.lower(): value for name, value in server.seen[0].headers.items()}
    assert (sent["authorization"], sent["x-team"], sent["user-agent"]) == (
        "Basic abc",
        "red",
        "mine",
    )


def test_extra_body_is_sent_and_displaces_neither_model_nor_messages_nor_schema(
    server: ChatServer,
) -> None:
    extra = {"top_p": 0.5, "model": "other", "messages": [], "response_format": {"type": "text"}}
    backend(server, extra_body=extra).complete(STRUCTURED)
    body = server.seen[0].body
    assert (body["top_p"], body["model"], len(body["messages"])) == (0.5, "test-model", 2)  # type: ignore[arg-type]
    assert server.seen[0].schema == SCHEMA


def test_the_query_of_a_base_url_stays_at_the_end(server: ChatServer) -> None:
    backend(server, base_url=f"{server.origin}/openai/?api-version=1").complete(PLAIN)
    assert server.seen[0].path == "/openai/chat/completions?api-version=1"


def test_without_a_model_the_only_one_that_the_server_lists_is_used(server: ChatServer) -> None:
    with recording() as recorder:
        backend(server, model=None).complete(PLAIN)
    assert [seen.path for seen in server.seen] == ["/v1/models", "/v1/chat/completions"]
    assert server.seen[1].body["model"] == "only-model"
    assert recorder.models == ["test-model"]
    assert (recorder.usage.input_tokens, recorder.usage.output_tokens) == (11, 7)


@pytest.mark.parametrize("listed", [[], ["a", "b"]])
def test_without_a_model_a_server_has_to_list_exactly_one(
    server: ChatServer, listed: list[str]
) -> None:
    server.script = lambda seen: Answer(document={"data": [{"id": name} for name in listed]})
    error = failure(backend(server, model=None))
    assert error.kind == "not-configured"
    assert "OPENRANGE_MODEL" in str(error)


@pytest.mark.parametrize(
    ("answer", "kind", "says"),
    [
        (Answer(401, {"error": {"message": "bad key"}}), "auth", "HTTP 401: bad key"),
        (Answer(404, {"error": "no such model"}), "rejected", "HTTP 404: no such model"),
        (Answer(422, {"detail": "odd"}), "rejected", "HTTP 422: odd"),
        (Answer(429, {"error": {"message": "slow"}}), "rate-limit", "HTTP 429: slow"),
        (Answer(500, raw=b"<h1>Oops</h1>"), "server", "HTTP 500: Oops"),
        (Answer(503, raw=b""), "server", "HTTP 503: no message"),
        (Answer(200, {"error": {"message": "odd"}}), "server", "carries an error: odd"),
        (Answer(200, {"choices": []}), "empty", "the response is empty"),
        (Answer(200, []), "server", "not a JSON object"),
        (Answer(200, raw=b"<html>login</html>"), "rejected", "answered with a page: 'login'"),
        (Answer(200, completion(None)), "empty", "the reply is empty"),
        (Answer(200, completion(None, refusal="I won't")), "refused", "refused: I won't"),
        (Answer(200, completion("x", finish_reason="length")), "truncated", "raise max_tokens"),
        (Answer(200, completion("", finish_reason="content_filter")), "filtered", "filter"),
        (Answer(302, headers={"Location": "/elsewhere"}), "rejected", "HTTP 302"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_every_failure_is_named(server: ChatServer, answer: Answer, kind: str, says: str) -> None:
    server.script = lambda seen: answer
    error = failure(backend(server))
    assert error.kind == kind
    assert says in str(error)
    assert str(error).startswith("openai-compatible (test-model): ")
    assert error.status == (answer.status if answer.status != 200 else error.status)


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({}, "no key was sent; set OPENAI_API_KEY"),
        ({"api_key_env": None}, "no key was sent; set api_key_env"),
        ({"extra_headers": {"X-Team": "red"}}, "no key was sent; set OPENAI_API_KEY"),
        ({"extra_headers": {"authorization": "Basic abc"}}, "check the key in extra_headers"),
        (
            {"extra_headers": {"Authorization": "Basic abc"}, "api_key": SECRET},
            "check the key in extra_headers",
        ),
        ({"extra_headers": {"Api-Key": SECRET}}, "check the key in extra_headers"),
        ({"extra_headers": {"X-Token": "t"}, "api_key": SECRET}, "check the key in api_key "),
    ],
    ids=str,
)
def test_a_key_that_is_refused_is_looked_for_where_it_came_from(
    server: ChatServer, fields: dict[str, object], says: str
) -> None:
    server.script = lambda seen: Answer(401, {"error": "who are you?"})
    assert says in str(failure(backend(server, **fields)))


def test_content_in_parts_and_json_in_a_tool_call_are_read(server: ChatServer) -> None:
    parts = [{"type": "text", "text": '{"city": '}, {"type": "text", "text": '"Oslo"}'}]
    call = {"function": {"name": "answer", "arguments": '{"city": "Rome"}'}}
    for message, city in (
        (completion(None, content=parts), "Oslo"),
        (completion(None, tool_calls=[call]), "Rome"),
        (completion("", reasoning_content='{"city": "Bern"}'), "Bern"),
    ):
        server.script = lambda seen, message=message: Answer(document=message)  # type: ignore[misc]
        assert backend(server).complete(STRUCTURED).parsed_json == {"city": city}


def test_a_server_that_knows_no_schema_is_asked_in_json_mode_and_then_in_words(
    server: ChatServer,
) -> None:
    def script(seen: Seen) -> Answer:
        form = seen.body.get("response_format")
        if form:
            return Answer(400, {"error": {"message": "response_format is not supported"}})
        return Answer(document=completion('{"city": "Oslo"}'))

    server.script = script
    assert backend(server).complete(STRUCTURED).parsed_json == {"city": "Oslo"}
    forms = [(seen.body.get("response_format") or {}).get("type") for seen in server.seen]  # type: ignore[attr-defined]
    assert forms == ["json_schema", "json_object", None]
    backend(server).complete(STRUCTURED)
    assert "response_format" not in server.seen[-1].body
    assert len(server.seen) == 4


def test_a_closed_port_and_an_unknown_host_are_connection_failures() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    for url, says in (
        (f"http://127.0.0.1:{port}/v1", "connection refused"),
        ("http://no-such-host.invalid/v1", "cannot find the host of no-such-host.invalid"),
    ):
        error = failure(OpenAICompatibleBackend(base_url=url, model="m", max_retries=0))
        assert (error.kind, error.status, error.retryable) == ("connection", None, True)
        assert says in str(error)


def test_neither_key_nor_prompt_crosses_a_redirect_to_another_origin(server: ChatServer) -> None:
    with ChatServer().running() as other:
        for host in ("127.0.0.1", "localhost"):
            target = f"{other.url}/moved?key={SECRET}".replace("127.0.0.1", host)
            server.script = lambda seen, target=target: Answer(307, headers={"Location": target})
            error = failure(backend(server, api_key=SECRET))
            assert (error.kind, error.status, error.retryable) == ("rejected", 307, False)
            assert f"redirected to {target.partition('?')[0]}" in str(error)
            assert SECRET not in str(error)
    assert other.seen == []


def test_a_quota_that_is_used_up_is_asked_once(server: ChatServer) -> None:
    said = {"error": {"message": "no more", "code": "insufficient_quota"}}
    server.script = lambda seen: Answer(429, said)
    assert failure(backend(server, max_retries=3)).kind == "rate-limit"
    assert len(server.seen) == 1


def test_a_redirect_within_an_origin_keeps_the_key(server: ChatServer) -> None:
    moved = Answer(308, headers={"Location": "/v2/chat/completions"})
    server.script = lambda seen: (
        moved if seen.path.startswith("/v1") else Answer(document=completion("here"))
    )
    assert backend(server, api_key=SECRET).complete(PLAIN).text == "here"
    assert server.seen[1].headers["Authorization"] == f"Bearer {SECRET}"


def test_redirects_without_end_are_given_up(server: ChatServer) -> None:
    server.script = lambda seen: Answer(307, headers={"Location": seen.path})
    assert "redirects" in str(failure(backend(server)))
    assert len(server.seen) == 6


def test_a_redirect_out_of_http_is_not_followed(server: ChatServer) -> None:
    server.script = lambda seen: Answer(307, headers={"Location": "file:///etc/passwd"})
    assert failure(backend(server)).status == 307


def test_the_proxy_of_the_environment_is_used_unless_the_host_is_exempt(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = server.origin.replace("http://", "http://user:pass%21@")
    monkeypatch.setenv("http_proxy", proxy)
    llm = OpenAICompatibleBackend(base_url="http://models.invalid:8080/v1", model="m")
    assert llm.complete(PLAIN).text == "plain text"
    (seen,) = server.seen
    assert seen.path == "http://models.invalid:8080/v1/chat/completions"
    assert seen.headers["Host"] == "models.invalid:8080"
    assert seen.headers["Proxy-Authorization"] == "Basic dXNlcjpwYXNzIQ=="
    monkeypatch.setenv("no_proxy", "models.invalid")
    assert failure(replace(llm, max_retries=0)).kind == "connection"


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"base_url": "ftp://127.0.0.1/v1"}, "http or https"),
        ({"base_url": "127.0.0.1:8000"}, "http or https"),
        ({"base_url": "http://"}, "http or https"),
        ({"base_url": "http://[::1"}, "http or https"),
        ({"base_url": "http://127.0.0.1:port/"}, "http or https"),
        ({"base_url": "http://user:secret-word@127.0.0.1/"}, "must not hold a user name"),
        ({"model": " "}, "model is empty"),
        ({"timeout": 0}, "timeout must be a positive number"),
        ({"timeout": float("nan")}, "timeout must be a positive number"),
        ({"api_key": "a\nb"}, "api_key holds a space, a control character"),
        ({"base_url": "https://api.openai.com/v1"}, "no key: set OPENAI_API_KEY"),
    ],
    ids=str,
)
def test_preflight_names_what_is_not_configured_without_a_call(
    server: ChatServer, fields: dict[str, object], says: str
) -> None:
    llm = backend(server, **fields)
    for check in (llm.preflight, lambda: llm.complete(PLAIN)):
        with pytest.raises(LLMBackendError) as caught:
            check()
        assert caught.value.kind == "not-configured"
        assert says in str(caught.value)
        assert "secret-word" not in str(caught.value)
    assert server.seen == []


def test_preflight_passes_what_is_configured(server: ChatServer) -> None:
    backend(server).preflight()
    OpenAICompatibleBackend(api_key=SECRET).preflight()


def test_its_headers_show_in_no_repr() -> None:
    llm = OpenAICompatibleBackend(extra_headers={"X-Key": "header-secret-value"})
    assert "header-secret-value" not in repr(llm)


def test_it_can_be_copied_although_it_holds_a_key() -> None:
    llm = OpenAICompatibleBackend(api_key=SECRET)
    assert copy.deepcopy(llm) == copy.copy(llm) == llm


def test_its_fields_keep_their_order() -> None:
    llm = OpenAICompatibleBackend("http://h/v1", "m", "k", "E", 1.0, 0.5, 7, {"A": "b"}, {"c": 1})
    assert (llm.base_url, llm.model, llm.api_key, llm.api_key_env) == ("http://h/v1", "m", "k", "E")
    assert (llm.timeout, llm.temperature, llm.max_tokens) == (1.0, 0.5, 7)
    assert (llm.extra_headers, llm.extra_body) == ({"A": "b"}, {"c": 1})


def test_a_prompt_in_any_script_arrives_whole(server: ChatServer) -> None:
    prompt = "Ω 你好 \U0001f600 \x00 \ud800"
    backend(server).complete(LLMRequest(prompt))
    assert server.seen[0].messages[-1]["content"] == prompt
    assert json.dumps(server.seen[0].body)


def test_a_key_that_a_long_message_would_be_cut_in_is_redacted_first(server: ChatServer) -> None:
    said = "x" * 290 + SECRET
    server.script = lambda seen: Answer(401, {"error": {"message": said}})
    assert SECRET[:6] not in str(failure(backend(server, api_key=SECRET)))
    server.script = lambda seen: Answer(200, raw=("y" * 70 + SECRET).encode())
    assert SECRET[:6] not in str(failure(backend(server, api_key=SECRET)))


def test_a_password_in_a_url_that_is_wrong_otherwise_is_not_shown() -> None:
    llm = OpenAICompatibleBackend(base_url="http://user:secret-word@host:99999/v1", model="m")
    with pytest.raises(LLMBackendError, match="must not hold a user name") as caught:
        llm.preflight()
    assert "secret-word" not in str(caught.value)


def test_the_only_model_is_asked_for_once_in_a_call(server: ChatServer) -> None:
    busy = Answer(503, {}, {"Retry-After": "0"})
    server.script = lambda seen: (
        busy if seen.method == "POST" else Answer(document={"data": [{"id": "m"}]})
    )
    failure(backend(server, model=None, max_retries=2))
    assert [seen.method for seen in server.seen] == ["GET", "POST", "POST", "POST"]


def test_finding_the_model_counts_against_the_deadline(server: ChatServer) -> None:
    server.script = lambda seen: Answer(
        document={"data": [{"id": "m"}]} if seen.method == "GET" else completion("late"), delay=0.7
    )
    error = failure(backend(server, model=None, timeout=1.0))
    assert "timed out after 1 seconds" in str(error)


def test_a_refused_schema_leaves_others_in_the_native_form(server: ChatServer) -> None:
    def script(seen: Seen) -> Answer:
        if seen.schema is not None and "odd" in seen.schema.get("properties", {}):  # type: ignore[operator]
            return Answer(400, {"error": {"message": "Invalid schema for response_format"}})
        return Answer(document=completion('{"city": "Oslo", "odd": 1}'))

    server.script = script
    odd = {"type": "object", "properties": {"odd": {"type": "integer"}}}
    backend(server).complete(LLMRequest("q", json_schema=odd))
    plain = {"type": "object", "properties": {"city": {"type": "string"}}}
    backend(server).complete(LLMRequest("q", json_schema=plain))
    assert server.seen[-1].schema == plain


def test_a_placeholder_of_a_key_may_be_a_word_of_the_reply(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion("a test of words"))
    assert backend(server, api_key="test").complete(PLAIN).text == "a test of words"


def test_private_headers_are_secrets_and_others_are_not(server: ChatServer) -> None:
    headers = {"X-Api-Key": "short-key-123", "Accept": "application/json"}
    said = "short-key-123 application/json"
    server.script = lambda seen: Answer(document=completion(said))
    llm = backend(server, extra_headers=headers)
    assert llm.complete(PLAIN).text == "[redacted] application/json"


def test_an_invalid_schema_is_named_and_not_sent(server: ChatServer) -> None:
    error = failure(backend(server), LLMRequest("q", json_schema={"required": "city"}))
    assert error.kind == "rejected"
    assert "the schema itself is invalid at $.required" in str(error)
    assert server.seen == []


def test_openais_own_address_in_its_variable_changes_nothing() -> None:
    environment = OpenAICompatibleBackend.openrange_environment
    assert environment({"OPENAI_BASE_URL": "https://api.openai.com/v1/"}) == {}
    assert environment({"OPENAI_BASE_URL": "http://h/v1"})["model"] is None
