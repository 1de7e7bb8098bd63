from __future__ import annotations

import pytest
from chat_providers import IS_OLDER, ChatProvider, chat_providers, listed
from in_process import litellm as load
from provider_checks import body_with_the_schema, set_up
from provider_wire import Wire
from providers_left_out import LEFT_OUT, LEFT_OUT_MODELS

LISTED = {provider.name: provider for provider in listed()}
IDLE = [] if IS_OLDER else [*LEFT_OUT]
IDLE_MODELS = [] if IS_OLDER else [*LEFT_OUT_MODELS]


def test_every_provider_is_in_the_suite_or_left_out_with_a_reason() -> None:
    names = [provider.name for provider in chat_providers()]
    assert LISTED.keys() <= {*names, *LEFT_OUT}
    assert LEFT_OUT.keys().isdisjoint(names)
    assert len(names) > len(LISTED) / 2
    assert all([*LEFT_OUT.values(), *LEFT_OUT_MODELS.values()])


def test_what_is_left_out_is_listed_by_litellm() -> None:
    assert LISTED.keys() >= {*IDLE}
    known = load().model_cost.keys()
    for model in IDLE_MODELS:
        assert known & {model, model.partition("/")[2]}, model


@pytest.mark.parametrize("name", IDLE)
def test_a_provider_that_is_left_out_does_not_work(
    name: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_idle(LISTED[name], None, wire, monkeypatch)


@pytest.mark.parametrize("model", IDLE_MODELS)
def test_a_model_that_is_left_out_does_not_work(
    model: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_idle(LISTED[model.partition("/")[0]], model, wire, monkeypatch)


def assert_idle(
    provider: ChatProvider, model: str | None, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The request fails before it is sent, or does not hold the schema."""
    set_up(provider, monkeypatch)
    with pytest.raises(AssertionError):
        body_with_the_schema(provider, wire, model)
