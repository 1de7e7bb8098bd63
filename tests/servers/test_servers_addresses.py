"""Addresses as they are pasted, proxies, and who it is that speaks."""

from __future__ import annotations

import socket
from typing import Any
from urllib.parse import urlsplit

import pytest
from http_servers import KEY, Make, failure

from openrange import LLMRequest, OpenAICompatibleBackend, resolve_backend
from openrange.llm.proxies import is_direct, proxy_for
from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

ASK = LLMRequest("Which city?")


@pytest.mark.parametrize(
    "pasted",
    ["{url}/", " {url} ", "'{url}'", "{url}/chat/completions", "{url}/models", "{url}/responses"],
)
def test_an_address_is_taken_as_it_is_meant(pasted: str, make: Make, server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon"))
    assert make(pasted.format(url=server.url)).complete(ASK).text == "Lisbon"
    assert {seen.path for seen in server.seen} == {"/v1/chat/completions"}


def test_an_address_without_its_version_gets_a_hint(make: Make, server: ChatServer) -> None:
    server.script = lambda seen: Answer(404, {"detail": "Not Found"})
    assert f"try {server.origin}/v1" in str(failure(make(server.origin)))


def test_a_key_is_taken_out_of_its_quotes(
    make: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon"))
    for given in (f'"{KEY}"', f" {KEY}\n", f"'{KEY}'"):
        monkeypatch.setenv("OPENAI_API_KEY", given)
        make(server.url, api_key=None).complete(ASK)
    assert {seen.headers["Authorization"] for seen in server.seen} == {f"Bearer {KEY}"}


def test_tls_on_a_plain_port_says_so(make: Make, server: ChatServer) -> None:
    found = failure(make(server.url.replace("http:", "https:")))
    assert found.kind == "connection"
    assert f"write http://{urlsplit(server.url).netloc}" in str(found)


def test_a_plain_request_to_a_tls_port_says_so(make: Make, server: ChatServer) -> None:
    page = b"<html><title>400 The plain HTTP request was sent to HTTPS port</title></html>"
    server.script = lambda seen: Answer(400, raw=page)
    assert "write https:// in the base URL" in str(failure(make(server.url)))


def dead_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        return int(gone.getsockname()[1])


def test_a_proxy_that_is_dead_is_named(make: Make, monkeypatch: pytest.MonkeyPatch) -> None:
    proxy = f"http://127.0.0.1:{dead_port()}"
    monkeypatch.setenv("HTTP_PROXY", proxy)
    found = failure(make("http://llm.example/v1"))
    assert found.kind == "connection"
    assert f"by way of the proxy {proxy}" in str(found)
    assert "name llm.example in NO_PROXY" in str(found)


@pytest.mark.parametrize(("status", "words"), [(403, "check it"), (407, "user and password")])
def test_a_proxy_that_refuses_is_named(
    status: int, words: str, make: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(status, raw=b"<html><title>Denied</title></html>")
    monkeypatch.setenv("HTTP_PROXY", server.origin.replace("//", "//user:secret-word@"))
    found = failure(make("http://llm.example/v1"))
    assert f"the proxy {server.origin} (HTTP_PROXY)" in str(found)
    assert words in str(found)
    assert "secret-word" not in str(found)


@pytest.mark.parametrize(
    "listed",
    [
        "{host}",
        "{host}:{port}",
        "127.0.0.0/8",
        "other.example\n127.0.0.0/8",
        " a.example , {host} ",
        "*",
    ],
)
def test_a_host_in_no_proxy_is_asked_directly(
    listed: str, make: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon"))
    host, _, port = urlsplit(server.url).netloc.partition(":")
    for name in ("HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{dead_port()}")
    monkeypatch.setenv("NO_PROXY", listed.format(host=host, port=port))
    assert make(server.url).complete(ASK).text == "Lisbon"


def test_all_proxy_holds_for_every_scheme(
    make: Make, server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon"))
    monkeypatch.setenv("ALL_PROXY", server.origin)
    assert make("http://llm.example/v1").complete(ASK).text == "Lisbon"
    assert server.seen[0].headers["Host"] == "llm.example"


@pytest.mark.parametrize(
    ("entry", "url", "direct"),
    [
        ("example.com", "https://api.example.com/v1", True),
        (".example.com", "https://api.example.com/v1", True),
        ("*.example.com", "https://api.example.com/v1", True),
        ("example.com", "https://notexample.com/v1", False),
        ("example.com:443", "https://example.com/v1", True),
        ("example.com:8443", "https://example.com/v1", False),
        ("10.0.0.0/8", "http://10.1.2.3:8000/v1", True),
        ("10.0.0.0/8", "http://11.1.2.3/v1", False),
        ("::1", "http://[::1]:8000/v1", True),
        ("[::1]:8000", "http://[::1]:8000/v1", True),
        ("fd00::/8", "http://[fd00::1]/v1", True),
        ("no network/x", "http://10.1.2.3/v1", False),
    ],
)
def test_no_proxy_names_hosts_domains_networks_and_ports(
    entry: str, url: str, direct: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", entry)
    monkeypatch.setenv("ALL_PROXY", "http://proxy.example:3128")
    assert is_direct(url) is direct
    assert (proxy_for(url) is None) is direct


MODELS: dict[str, tuple[Answer, str]] = {
    "missing": (Answer(404, {"detail": "Not Found"}), "HTTP 404"),
    "empty": (Answer(document={"data": []}), "none is listed"),
    "no list": (Answer(document={"object": "list"}), "none is listed"),
    "many": (
        Answer(
            document={"data": [{"id": f"model-{n}", "description": "x" * 3000} for n in range(400)]}
        ),
        "lists 400 models; name a model: OPENRANGE_MODEL or --model, such as model-0",
    ),
    "no chat": (
        Answer(document={"data": [{"id": "text-embedding-3-small"}]}),
        "none is for chat (text-embedding-3-small)",
    ),
}


@pytest.mark.parametrize("case", MODELS)
def test_where_no_model_follows_the_step_is_to_name_one(case: str, server: ChatServer) -> None:
    listed, words = MODELS[case]
    server.script = lambda seen: listed
    found = failure(OpenAICompatibleBackend(server.url, None, max_retries=0))
    assert words in str(found)
    assert "name a model: OPENRANGE_MODEL or --model" in str(found)


def test_the_only_model_for_chat_is_taken(server: ChatServer) -> None:
    def script(seen: Seen) -> Answer:
        if seen.method == "GET":
            listed: Any = [{"id": "nomic-embed-text"}, {"id": "llama"}, {"id": "whisper-1"}]
            return Answer(document={"data": listed})
        return Answer(document=completion("Lisbon"))

    server.script = script
    assert OpenAICompatibleBackend(server.url, None).complete(ASK).text == "Lisbon"
    assert server.seen[-1].body["model"] == "llama"


@pytest.mark.parametrize(
    "given", ["http://user:S3cret#Word@127.0.0.1:9", "user:S3cret/Word@127.0.0.1:9", "http://u[s"]
)
def test_a_proxy_whose_password_breaks_its_address_is_told_without_it(
    given: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", given)
    found = failure(OpenAICompatibleBackend("http://llm.example/v1", "m", max_retries=0))
    assert found.kind == "not-configured", str(found)
    assert "the proxy's URL in http_proxy is malformed" in str(found)
    assert "S3cret" not in f"{found} {found.detail}"


def test_a_server_that_is_loading_is_asked_again_for_its_models(server: ChatServer) -> None:
    def script(seen: Seen) -> Answer:
        if len(server.seen) == 1:
            return Answer(503, {"error": {"message": "Loading model"}}, {"Retry-After": "0"})
        if seen.method == "GET":
            return Answer(document={"data": [{"id": "llama"}]})
        return Answer(document=completion("Lisbon"))

    server.script = script
    llm = OpenAICompatibleBackend(server.url, None, max_retries=1)
    assert llm.complete(ASK).text == "Lisbon"


def test_the_server_of_the_user_s_own_wins_over_the_default(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "https://api.openai.com/v1")
    monkeypatch.setenv("OPENAI_API_BASE", server.url)
    assert resolve_backend(model="m").base_url == server.url  # type: ignore[attr-defined]
