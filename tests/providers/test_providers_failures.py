from __future__ import annotations

import httpx
import pytest
from chat_providers import ChatProvider, chat_providers
from provider_checks import set_up
from provider_wire import PLAIN, STRUCTURED, Fault, Wire

from openrange import LLMBackendError

PROVIDERS = chat_providers()
NEEDY = [provider for provider in PROVIDERS if provider.variables or provider.api_base]


def failure(provider: ChatProvider) -> LLMBackendError:
    """What comes of a request, as far as it is the same for every failure."""
    with pytest.raises(LLMBackendError) as caught:
        provider.backend(timeout=20).complete(PLAIN)
    line = str(caught.value)
    assert line.startswith(f"litellm ({provider.model}): ")
    assert len(line) <= 500
    assert "\n" not in line
    return caught.value


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize(
    ("status", "kind", "next_step"),
    [
        (401, "auth", "check the key in "),
        (429, "rate-limit", "wait, or ask the provider for a higher limit"),
        (500, "server", "the provider is in trouble; try again later"),
    ],
)
def test_a_status_is_told(
    provider: ChatProvider,
    status: int,
    kind: str,
    next_step: str,
    wire: Wire,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_up(provider, monkeypatch)
    wire.status, wire.headers = status, {"Retry-After": "7"}
    error = failure(provider)
    assert (error.kind, error.status) == (kind, status), str(error)
    assert (error.retryable, error.retry_after) == (status != 401, 7.0)
    assert f"HTTP {status}: It said no; {next_step}" in str(error)
    if status == 401:
        assert next(iter(provider.access.variables), provider.name) in str(error)
    assert len(wire.questions) == 1


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
@pytest.mark.parametrize("fault", [httpx.ReadTimeout, httpx.ConnectTimeout])
def test_a_timeout_is_told(
    provider: ChatProvider, fault: Fault, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    wire.fault = fault
    error = failure(provider)
    assert (error.kind, error.status, error.retryable) == ("timeout", None, True), str(error)
    assert "timed out after 20 seconds" in str(error)
    assert len(wire.questions) == 1


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_refused_connection_is_told(
    provider: ChatProvider, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    error = failure(provider)
    assert (error.kind, error.status, error.retryable) == ("connection", None, True), str(error)
    assert "connection refused: nothing listens at " in str(error)
    assert looked_up[-1] in str(error)


@pytest.mark.parametrize("provider", NEEDY, ids=str)
def test_what_a_provider_needs_besides_its_key_is_told(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in provider.access.variables[:1]:
        monkeypatch.setenv(name, "own-key-0123456789")
    with pytest.raises(LLMBackendError) as caught:
        provider.backend(api_base=None).complete(STRUCTURED)
    assert caught.value.kind == "not-configured", str(caught.value)
    assert caught.value.status is None
    assert not wire.questions
