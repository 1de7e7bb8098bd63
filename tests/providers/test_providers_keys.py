from __future__ import annotations

import re
import warnings
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import pytest
from chat_providers import OWN_HOST, OWN_KEY, ChatProvider, chat_providers, listed
from in_process import litellm as load
from openrange_litellm.providers import key_variables
from provider_checks import set_up
from provider_wire import PLAIN, QUESTION, Wire

from openrange import LLMBackendError
from openrange.llm import within

PROVIDERS = chat_providers()
WITH_A_KEY = [provider for provider in PROVIDERS if provider.access.way == "key"]
STRAY = "key-of-another-provider-9876543210"
ELSEWHERE = "elsewhere.example"
BASES = ("API_BASE", "BASE_URL", "API_HOST", "API_URL", "ENDPOINT", "HOST", "URL")


def is_openai(provider: ChatProvider) -> bool:
    return "OPENAI_API_KEY" in provider.access.variables


def complaint(provider: ChatProvider, **fields: Any) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        provider.backend(**fields).complete(PLAIN)
    return caught.value


def host(url: str) -> str:
    return str(urlsplit(url).hostname)


def set_strays(provider: ChatProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set the key of every other provider."""
    for name in {*key_variables(), "OPENAI_ADMIN_KEY"}:
        if name not in {*provider.access.variables, *provider.access.instead}:
            monkeypatch.setenv(name, STRAY)


@pytest.mark.parametrize("provider", WITH_A_KEY, ids=str)
def test_without_its_own_key_a_provider_is_sent_nothing_and_its_variable_is_named(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_strays(provider, monkeypatch)
    error = complaint(provider, api_base=None)
    assert error.kind == "not-configured", str(error)
    assert f"set {provider.access.variables[0]}" in str(error)
    assert not wire.seen


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_no_key_of_another_provider_is_sent(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_strays(provider, monkeypatch)
    for name, value in provider.variables.items():
        monkeypatch.setenv(name, value)
    error = complaint(provider)
    assert not [seen for seen in wire.seen if STRAY in seen], str(error)
    assert STRAY not in str(error)


@pytest.mark.parametrize("provider", WITH_A_KEY, ids=str)
def test_litellm_too_reads_the_variable_that_is_named(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    key = f"another-{OWN_KEY}"  # for which LiteLLM cannot have a token in store
    set_up(provider, monkeypatch, key)
    wire.status = 401
    asked = {"messages": [{"role": "user", "content": QUESTION}], "api_base": provider.api_base}
    # Its warnings and the class of its exception are LiteLLM's business; the wire tells. In this
    # thread it would leave an event loop behind.
    with warnings.catch_warnings(action="ignore"), suppress(Exception):
        within(20, lambda: load().completion(provider.model, **asked))
    assert [seen for seen in wire.seen if key in seen]


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_its_own_key_goes_to_no_other_host(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    complaint(provider)
    with_key = {host(seen.url) for seen in wire.seen if OWN_KEY in seen}
    assert "huggingface.co" not in with_key
    assert len(with_key) <= 1


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_the_address_of_another_provider_does_not_redirect_it(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    own = set(provider.access.variables)
    for other in listed():
        if own.isdisjoint(other.access.variables) and other.name != provider.name:
            prefix = re.sub(r"\W", "_", other.name).upper()
            for end in BASES:
                monkeypatch.setenv(f"{prefix}_{end}", f"https://{ELSEWHERE}/v1")
    set_up(provider, monkeypatch)
    complaint(provider)
    assert wire.seen
    assert not [seen for seen in wire.seen if ELSEWHERE in seen.url]
    if OWN_HOST in [*provider.variables.values(), provider.api_base]:
        assert {host(seen.url) for seen in wire.questions} == {host(OWN_HOST)}


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_headers_that_are_meant_for_openai_go_to_no_other_provider(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    monkeypatch.setenv("OPENAI_CUSTOM_HEADERS", f"Authorization: Bearer {STRAY}\nX-Way: {STRAY}")
    error = complaint(provider)
    sent = [seen for seen in wire.seen if STRAY in seen]
    assert {host(seen.url) for seen in sent} <= {"api.openai.com"}
    assert not sent or is_openai(provider)
    assert wire.questions, str(error)
