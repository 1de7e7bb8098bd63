from __future__ import annotations

import pytest
from catalogue import drift
from chat_providers import ChatProvider, chat_providers, listed
from in_process import litellm
from provider_checks import body_with_the_schema, set_up
from provider_wire import Wire
from providers_left_out import LEFT_OUT, LEFT_OUT_MODELS

pytestmark = pytest.mark.catalogue

LISTED = {provider.name: provider for provider in listed()}


def test_the_suite_is_about_what_litellm_lists() -> None:
    lines = sorted(drift())
    assert not lines, "\n".join(lines)


def test_every_provider_is_in_the_suite_or_left_out_with_a_reason() -> None:
    names = [provider.name for provider in chat_providers()]
    assert LISTED.keys() == {*names, *LEFT_OUT}
    assert LEFT_OUT.keys().isdisjoint(names)
    assert len(names) > len(LISTED) / 2
    assert all([*LEFT_OUT.values(), *LEFT_OUT_MODELS.values()])


def test_a_model_that_is_left_out_is_listed_by_litellm() -> None:
    known = litellm().model_cost.keys()
    for model in LEFT_OUT_MODELS:
        assert known & {model, model.partition("/")[2]}, model


@pytest.mark.parametrize("name", LEFT_OUT)
def test_a_provider_that_is_left_out_does_not_work(
    name: str, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert_idle(LISTED[name], None, wire, monkeypatch)


@pytest.mark.parametrize("model", LEFT_OUT_MODELS)
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
