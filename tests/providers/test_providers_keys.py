from __future__ import annotations

import re
from contextlib import suppress
from typing import Any

import pytest
from chat_providers import OWN_HOST, OWN_KEY, ChatProvider, chat_providers, listed
from openrange_litellm.library import load
from openrange_litellm.providers import key_variables
from provider_checks import set_up
from provider_wire import PLAIN, QUESTION, Wire

from openrange import LLMBackendError

PROVIDERS = chat_providers()
WITH_A_KEY = [provider for provider in PROVIDERS if provider.access.way == "key"]
STRAY = "key-of-another-provider-9876543210"
ELSEWHERE = "elsewhere.example"
# Whatever OpenAI's own client reads: the key, and headers that may well hold one.
OF_OPENAI = {
    "OPENAI_API_KEY": STRAY,
    "OPENAI_ADMIN_KEY": STRAY,
    "OPENAI_CUSTOM_HEADERS": f"Authorization: Bearer {STRAY}\nX-Gateway: {STRAY}",
}
BASES = ("API_BASE", "BASE_URL", "API_HOST", "API_URL", "ENDPOINT", "HOST", "URL")


def is_openai(provider: ChatProvider) -> bool:
    return "OPENAI_API_KEY" in provider.access.variables


def complaint(provider: ChatProvider) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        provider.backend().complete(PLAIN)
    return caught.value


def set_strays(provider: ChatProvider, monkeypatch: pytest.MonkeyPatch) -> None:
    """Set every other provider's key."""
    strays = dict.fromkeys(key_variables(), STRAY)
    own = {*provider.access.variables, *provider.access.instead}
    for name, value in {**strays, **({} if is_openai(provider) else OF_OPENAI)}.items():
        if name not in own:
            monkeypatch.setenv(name, value)


@pytest.mark.parametrize("provider", WITH_A_KEY, ids=str)
def test_without_its_own_key_a_provider_is_sent_nothing_and_its_variable_is_named(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_strays(provider, monkeypatch)
    error = complaint(provider) if provider.api_base is None else complaint_at_home(provider)
    assert error.kind == "not-configured", str(error)
    assert f"set {provider.access.variables[0]}" in str(error)
    assert not wire.seen


def complaint_at_home(provider: ChatProvider) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        provider.backend(api_base=None).complete(PLAIN)
    return caught.value


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
    set_up(provider, monkeypatch)
    base: dict[str, Any] = {"api_base": provider.api_base} if provider.api_base else {}
    messages = [{"role": "user", "content": QUESTION}]
    with suppress(Exception):
        load().completion(model=provider.model, messages=messages, **base)
    assert [seen for seen in wire.seen if OWN_KEY in seen]


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_its_own_key_goes_to_no_other_host(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    complaint(provider)
    with_key = {httpx_host(seen.url) for seen in wire.seen if OWN_KEY in seen}
    assert "huggingface.co" not in with_key
    assert len(with_key) <= 1


def httpx_host(url: str) -> str:
    match = re.match(r"https?://([^/:]+)", url)
    assert match is not None
    return match[1]


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
        assert all(seen.url.startswith(OWN_HOST) for seen in wire.questions)
