from __future__ import annotations

import pytest
from chat_providers import OWN_KEY, ChatProvider, chat_providers
from clients_left_out import WITHOUT_BOUNDS
from provider_checks import set_up
from provider_wire import PLAIN, Wire

from openrange import LLMBackendError

NOT_ASKED_FOR = "in the encoding 'pack200', which was not asked for"


@pytest.mark.parametrize("provider", chat_providers(), ids=str)
def test_the_bounds_of_a_call_hold_but_for_a_provider_in_the_table(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    wire.status, wire.headers = 200, {"Content-Encoding": "pack200"}
    with pytest.raises(LLMBackendError) as caught:
        provider.backend().complete(PLAIN)
    assert wire.questions, str(caught.value)
    is_bounded = NOT_ASKED_FOR in str(caught.value)
    assert is_bounded is (provider.name not in WITHOUT_BOUNDS), str(caught.value)


@pytest.mark.parametrize("provider", chat_providers(), ids=str)
def test_no_key_of_a_provider_crosses_a_redirect_to_another_host(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    wire.status, wire.headers = 307, {"Location": "https://elsewhere.example/v1"}
    with pytest.raises(LLMBackendError):
        provider.backend().complete(PLAIN)
    there = [seen for seen in wire.seen if "//elsewhere.example/" in seen.url]
    assert not [seen for seen in there if OWN_KEY in seen]
    assert bool(there) is (provider.name in WITHOUT_BOUNDS)


def test_every_provider_in_the_table_has_a_reason() -> None:
    assert all(WITHOUT_BOUNDS.values())
    assert {provider.name for provider in chat_providers()} >= WITHOUT_BOUNDS.keys()
