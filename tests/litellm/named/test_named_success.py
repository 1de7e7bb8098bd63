from __future__ import annotations

import json

import pytest
import respx
from named_wires import PROMPT, SCHEMA, SYSTEM, WIRES, Wire

from openrange import LLMRequest, LLMResult
from openrange.llm import recording

PLAIN = LLMRequest(PROMPT, system=SYSTEM)
STRUCTURED = LLMRequest(PROMPT, system=SYSTEM, json_schema=SCHEMA)


@pytest.fixture(params=WIRES, ids=str)
def wire(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Wire:
    named: Wire = request.param
    monkeypatch.setenv(*named.variable)
    return named


def test_a_plain_completion(wire: Wire, providers: respx.MockRouter) -> None:
    reply = wire.plain or wire.reply
    route = providers.post(wire.url).respond(json=reply("Lisbon."))
    with recording() as recorder:
        assert wire.make().complete(PLAIN) == LLMResult("Lisbon.")
    (call,) = route.calls
    assert wire.headers.items() <= dict(call.request.headers).items()
    assert wire.said(json.loads(call.request.content)) == (SYSTEM, PROMPT)
    usage = recorder.usage.to_mapping()
    cost = usage.pop("cost_usd")
    expected = wire.used.to_mapping()
    expected.pop("cost_usd")
    assert usage == expected
    assert cost is None or 0 < cost < 0.01
    assert recorder.models


def test_a_structured_completion(wire: Wire, providers: respx.MockRouter) -> None:
    route = providers.post(wire.url).respond(json=wire.reply('{"city": "Lisbon"}'))
    result = wire.make().complete(STRUCTURED)
    assert result == LLMResult('{"city": "Lisbon"}', {"city": "Lisbon"})
    (call,) = route.calls
    body = json.loads(call.request.content)
    assert wire.headers.items() <= dict(call.request.headers).items()
    system, prompt = wire.said(body)
    assert system == SYSTEM
    assert prompt.startswith(PROMPT)
    assert wire.schema(body) == SCHEMA
