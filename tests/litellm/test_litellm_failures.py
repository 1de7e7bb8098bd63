from __future__ import annotations

import copy
import pickle
import socket
import sys
import threading
import time
import traceback
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
import respx
from openrange_litellm import LiteLLMBackend
from provider_replies import ANTHROPIC, OPENAI, PROVIDERS, SECRET, Provider

from openrange import LLMBackendError, LLMRequest
from openrange.testing.chat_server import ChatServer

PLAIN = LLMRequest("Where?", system="Be brief.")

ERRORS = {
    "openai": {"error": {"message": "It said no.", "type": "t", "code": "c"}},
    "anthropic": {"type": "error", "error": {"type": "t", "message": "It said no."}},
    "gemini": {"error": {"code": 400, "message": "It said no.", "status": "S"}},
}


def failure(llm: LiteLLMBackend, kind: str | None = None) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(PLAIN)
    if kind is not None:
        assert caught.value.kind == kind, str(caught.value)
    return caught.value


def backend(provider: Provider, **fields: Any) -> LiteLLMBackend:
    return LiteLLMBackend(provider.model, **{"api_key": SECRET, "max_retries": 0, **fields})


def everything_of(error: BaseException) -> str:
    """All that somebody who holds the error can print of it."""
    texts: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is None:
            continue
        trace = traceback.TracebackException.from_exception(current, capture_locals=True)
        texts += [repr(current), repr(vars(current)), *trace.format()]
        waiting += [current.__cause__, current.__context__]
    return "\n".join(texts)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (400, "rejected", False),
        (401, "auth", False),
        (403, "auth", False),
        (404, "rejected", False),
        (429, "rate-limit", True),
        (500, "server", True),
        (502, "server", True),
        (503, "server", True),
        (529, "server", True),
    ],
)
def test_a_status_of_the_provider_is_told_in_its_own_words(
    provider: Provider, status: int, kind: str, retryable: bool, providers: respx.MockRouter
) -> None:
    providers.post().respond(status, json=ERRORS[str(provider)], headers={"Retry-After": "7"})
    error = failure(backend(provider), kind=kind)
    assert str(error).startswith(f"litellm ({provider.model}): HTTP {status}: It said no; ")
    assert "\n" not in str(error)
    assert (error.status, error.returncode) == (status, status)
    assert (error.retryable, error.retry_after) == (retryable, 7.0)
    assert error.detail is not None
    assert "litellm" in error.detail
    assert len(providers.calls) == 1


@pytest.mark.parametrize(
    "headers",
    [
        {"x-ratelimit-remaining-requests": "0", "x-ratelimit-reset-requests": "1m30s"},
        {
            "x-ratelimit-remaining-tokens": "9",
            "x-ratelimit-reset-tokens": "5s",
            "Retry-After": "90",
        },
    ],
    ids=["a limit that is used up", "Retry-After"],
)
def test_a_wait_that_the_provider_asks_for_is_told(
    headers: dict[str, str], providers: respx.MockRouter
) -> None:
    providers.post().respond(429, json=ERRORS["openai"], headers=headers)
    assert failure(backend(OPENAI), kind="rate-limit").retry_after == 90.0


def test_the_next_step_names_where_the_key_comes_from(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", SECRET)
    providers.post().respond(401, json=ERRORS["anthropic"])
    error = failure(LiteLLMBackend(ANTHROPIC.model))
    assert "check the key in ANTHROPIC_API_KEY" in str(error)


def test_an_error_page_is_one_line(providers: respx.MockRouter) -> None:
    providers.post().respond(503, html="<html>\n<body>\nBad day</body></html>")
    error = failure(backend(OPENAI), kind="server")
    assert "Bad day" in str(error)
    assert len(str(error)) <= 500
    assert "\n" not in str(error)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize("broken", [httpx.ReadTimeout, httpx.ConnectTimeout])
def test_a_timeout_of_the_connection(
    provider: Provider, broken: type[httpx.TransportError], providers: respx.MockRouter
) -> None:
    providers.post().mock(side_effect=broken("it took too long"))
    error = failure(backend(provider, timeout=5), kind="timeout")
    assert "timed out after 5 seconds" in str(error)
    assert (error.status, error.retryable) == (None, True)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_the_deadline_holds_whatever_the_provider_does(
    provider: Provider, providers: respx.MockRouter
) -> None:
    def hang(request: httpx.Request) -> httpx.Response:
        time.sleep(3)
        return httpx.Response(200, json=provider.reply("too late"))

    providers.post().mock(side_effect=hang)
    started = time.monotonic()
    error = failure(backend(provider, timeout=0.3), kind="timeout")
    assert time.monotonic() - started < 2
    assert "timed out after 0.3 seconds" in str(error)


@contextmanager
def closing_server() -> Iterator[str]:
    """A server that takes a connection and closes it without a word."""
    with socket.create_server(("127.0.0.1", 0)) as listening:

        def close_each() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listening.accept()
                    connection.recv(65_536)
                    connection.close()

        threading.Thread(target=close_each, daemon=True).start()
        yield f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
        listening.shutdown(socket.SHUT_RDWR)


def closed_port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        return f"http://127.0.0.1:{listening.getsockname()[1]}/v1"


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_refused_connection_has_no_status(provider: Provider) -> None:
    address = closed_port()
    error = failure(backend(provider, api_base=address), kind="connection")
    assert f"connection refused: nothing listens at {urlsplit(address).netloc}" in str(error)
    assert (error.status, error.retryable) == (None, True)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_an_unknown_host_has_no_status(provider: Provider) -> None:
    error = failure(backend(provider, api_base="http://no.such.host/v1"), kind="connection")
    assert "cannot find the host of no.such.host" in str(error)
    assert (error.status, error.retryable) == (None, True)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_failure_of_tls_has_no_status(provider: Provider, server: ChatServer) -> None:
    address = server.url.replace("http:", "https:")
    error = failure(backend(provider, api_base=address), kind="connection")
    assert "no secure connection to 127.0.0.1" in str(error)
    assert (error.status, error.retryable) == (None, False)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_connection_that_breaks_has_no_status(provider: Provider) -> None:
    with closing_server() as address:
        error = failure(backend(provider, api_base=address), kind="connection")
    assert "without a whole reply" in str(error)
    assert (error.status, error.retryable) == (None, True)


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize(
    "content",
    [b"Hello, this is a proxy.", b"[]", b"{}", b'{"choices": null}', b'"text"', b""],
    ids=repr,
)
def test_an_answer_that_is_none_is_an_error_without_a_status(
    provider: Provider, content: bytes, providers: respx.MockRouter
) -> None:
    providers.post().respond(200, content=content, content_type="application/json")
    error = failure(backend(provider))
    assert error.kind in ("empty", "error", "rejected", "server")
    assert error.status is None
    assert len(str(error)) <= 500
    assert "\n" not in str(error)


def test_an_error_that_comes_with_status_200(providers: respx.MockRouter) -> None:
    providers.post().respond(200, json={"error": {"message": "No capacity."}})
    error = failure(backend(OPENAI), kind="server")
    assert "No capacity" in str(error)
    assert error.status is None


def test_a_missing_package_is_named(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("google", "google.auth", "google.oauth2", "vertexai"):
        monkeypatch.setitem(sys.modules, name, None)
    error = failure(LiteLLMBackend("vertex_ai/gemini-3.5-flash"), kind="not-configured")
    assert "pip install 'openrange-litellm[google]'" in str(error)
    assert not providers.calls


def test_a_model_without_a_known_provider(providers: respx.MockRouter) -> None:
    error = failure(LiteLLMBackend("somebody/something", SECRET), kind="not-configured")
    assert "write it as provider/model" in str(error)
    assert not providers.calls


def test_a_parameter_that_the_provider_does_not_know(providers: respx.MockRouter) -> None:
    llm = backend(ANTHROPIC, extra_params={"logprobs": True})
    error = failure(llm, kind="rejected")
    assert "logprobs" in str(error)
    assert not providers.calls


def test_secrets_among_the_parameters_are_not_seen_either(providers: respx.MockRouter) -> None:
    other = "other-secret-0123456789"
    providers.post().respond(401, json={"error": {"message": f"Bad header {other}"}})
    extra = {"extra_headers": {"X-Auth": "", "Authorization": f"Basic {other}"}}
    llm = backend(OPENAI, extra_params=extra)
    assert other not in everything_of(failure(llm))
    assert other not in repr(llm)


def test_a_key_with_a_line_break_is_refused_without_an_echo(providers: respx.MockRouter) -> None:
    error = failure(LiteLLMBackend(OPENAI.model, f"{SECRET}\nX-Other: 1"), kind="not-configured")
    assert SECRET not in everything_of(error)
    assert not providers.calls


def test_an_error_can_be_pickled_and_copied(providers: respx.MockRouter) -> None:
    providers.post().respond(429, json=ERRORS["openai"], headers={"Retry-After": "7"})
    error = failure(backend(OPENAI))
    for twin in (pickle.loads(pickle.dumps(error)), copy.deepcopy(error)):
        assert str(twin) == str(error)
        assert (twin.kind, twin.status, twin.retry_after) == ("rate-limit", 429, 7.0)
