from __future__ import annotations

import copy
import logging
import pickle
import socket
import ssl
import sys
import time
import traceback
from typing import Any

import httpx
import pytest
import respx
from openrange_litellm import LiteLLMBackend
from provider_replies import ANTHROPIC, OPENAI, PROVIDERS, SECRET, Provider, openai_reply

from openrange import LLMBackendError, LLMRequest

SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}
PLAIN = LLMRequest("Where?", system="Be brief.")
STRUCTURED = LLMRequest("Where?", system="Be brief.", json_schema=SCHEMA)

ERRORS = {
    "openai": {"error": {"message": "It said no.", "type": "t", "code": "c"}},
    "anthropic": {"type": "error", "error": {"type": "t", "message": "It said no."}},
    "gemini": {"error": {"code": 400, "message": "It said no.", "status": "S"}},
}


def failure(
    llm: LiteLLMBackend, request: LLMRequest = PLAIN, kind: str | None = None
) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(request)
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


def certificate_error() -> ssl.SSLCertVerificationError:
    error = ssl.SSLCertVerificationError(1, "certificate verify failed")
    error.verify_message = "self-signed certificate"
    return error


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize(
    ("cause", "words", "retryable"),
    [
        (ConnectionRefusedError(111, "Connection refused"), "connection refused", True),
        (socket.gaierror(-2, "Name or service not known"), "cannot find the host", True),
        (certificate_error(), "self-signed certificate", False),
        (ConnectionResetError(104, "reset"), "without a whole reply", True),
    ],
    ids=["refused", "dns", "tls", "reset"],
)
def test_a_broken_connection_has_no_status(
    provider: Provider,
    cause: OSError,
    words: str,
    retryable: bool,
    providers: respx.MockRouter,
) -> None:
    def fail(request: httpx.Request) -> httpx.Response:
        raise httpx.ConnectError(str(cause), request=request) from cause

    providers.post().mock(side_effect=fail)
    error = failure(backend(provider), kind="connection")
    assert words in str(error)
    assert (error.status, error.retryable) == (None, retryable)
    host = {"openai": "openai.com", "anthropic": "anthropic.com", "gemini": "googleapis.com"}
    assert host[str(provider)] in str(error)


def test_an_error_that_comes_with_status_200(providers: respx.MockRouter) -> None:
    providers.post().respond(200, json={"error": {"message": "No capacity."}})
    error = failure(backend(OPENAI))
    assert error.status is None
    assert error.kind in ("server", "error")


def test_a_body_that_is_not_json(providers: respx.MockRouter) -> None:
    providers.post().respond(200, text="Hello, this is a proxy.")
    error = failure(backend(ANTHROPIC))
    assert error.kind in ("server", "error")
    assert len(str(error)) <= 500


def test_a_missing_package_is_named(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("google", "google.auth", "google.oauth2", "vertexai"):
        monkeypatch.setitem(sys.modules, name, None)
    error = failure(LiteLLMBackend("vertex_ai/gemini-3.5-flash"), kind="not-configured")
    assert "pip install google-cloud-aiplatform" in str(error)
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


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_no_key_is_seen_in_an_error(
    provider: Provider, providers: respx.MockRouter, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    echo = {"error": {"message": f"Incorrect API key provided: {SECRET}.", "type": "t"}}
    providers.post().respond(401, json=echo)
    error = failure(backend(provider), STRUCTURED, kind="auth")
    assert "[redacted]" in str(error)
    assert error.__cause__ is None
    assert error.__context__ is None
    assert SECRET not in everything_of(error)
    assert SECRET not in caplog.text


def test_no_key_is_seen_in_what_the_model_says(providers: respx.MockRouter) -> None:
    providers.post().respond(200, json=openai_reply(f"Your key is {SECRET}."))
    assert backend(OPENAI).complete(PLAIN).text == "Your key is [redacted]."


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


def test_nothing_is_printed(providers: respx.MockRouter, capfd: pytest.CaptureFixture[str]) -> None:
    providers.post().respond(500, json=ERRORS["openai"])
    failure(backend(OPENAI))
    assert capfd.readouterr() == ("", "")
