from __future__ import annotations

import pytest
from chat_providers import ChatProvider, chat_providers
from provider_checks import set_up
from provider_wire import PLAIN, Wire

from openrange import LLMBackendError

NOT_ASKED_FOR = "in the encoding 'pack200', which was not asked for"


@pytest.mark.parametrize("provider", chat_providers(), ids=str)
def test_the_bounds_of_a_call_hold(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    wire.status, wire.headers = 200, {"Content-Encoding": "pack200"}
    with pytest.raises(LLMBackendError) as caught:
        provider.backend().complete(PLAIN)
    assert wire.questions, str(caught.value)
    assert NOT_ASKED_FOR in str(caught.value)


@pytest.mark.parametrize("provider", chat_providers(), ids=str)
def test_no_redirect_to_another_host_is_followed(
    provider: ChatProvider, wire: Wire, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(provider, monkeypatch)
    wire.status, wire.headers = 307, {"Location": "https://elsewhere.example/v1"}
    with pytest.raises(LLMBackendError):
        provider.backend().complete(PLAIN)
    assert not [seen for seen in wire.seen if "//elsewhere.example/" in seen.url]
