from __future__ import annotations

import pytest
from chat_providers import ChatProvider, chat_providers
from provider_checks import body_with_the_schema, set_up
from provider_wire import Wire

PROVIDERS = chat_providers()


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_the_schema_is_on_the_wire(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    body_with_the_schema(provider, wire)


@pytest.mark.parametrize(
    ("provider", "model"),
    [(provider, model) for provider in PROVIDERS for model in provider.more_models],
    ids=str,
)
def test_the_schema_is_on_the_wire_for_other_models_of_a_provider_too(
    provider: ChatProvider, model: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    body_with_the_schema(provider, wire, model)
