from __future__ import annotations

import importlib.metadata

import pytest
from chat_providers import ChatProvider, chat_providers, listed
from packaging.version import Version
from provider_checks import body_with_the_schema, set_up
from provider_wire import Wire
from providers_left_out import LEFT_OUT, MEASURED_WITH

LISTED = {provider.name: provider for provider in listed()}


def test_every_provider_is_in_the_suite_or_left_out_with_a_reason() -> None:
    names = [provider.name for provider in chat_providers()]
    assert {*names, *LEFT_OUT} >= LISTED.keys()
    assert not {*names} & LEFT_OUT.keys()
    assert len(names) > len(LISTED) / 2
    assert all(LEFT_OUT.values())


def test_what_is_left_out_is_listed_by_litellm() -> None:
    installed = Version(importlib.metadata.version("litellm"))
    if installed >= Version(MEASURED_WITH):
        assert LEFT_OUT.keys() <= LISTED.keys()


@pytest.mark.parametrize("provider", [p for p in LISTED.values() if p.name in LEFT_OUT], ids=str)
def test_what_is_left_out_does_not_work(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    with pytest.raises((AssertionError, ValueError)):
        body_with_the_schema(provider, wire)
