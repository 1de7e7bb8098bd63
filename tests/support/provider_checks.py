"""What every provider of the suite has to pass, and those that it leaves out do not."""

from __future__ import annotations

import json
from collections.abc import Iterator
from urllib.parse import parse_qs

import pytest
from chat_providers import OWN_KEY, ChatProvider
from provider_wire import MARKERS, STRUCTURED, Wire

from openrange import LLMBackendError

IN_WORDS = "must conform to this JSON Schema"


def set_up(provider: ChatProvider, monkeypatch: pytest.MonkeyPatch, key: str = OWN_KEY) -> None:
    """Put into the environment what a provider needs."""
    for name, value in provider.environment(key).items():
        monkeypatch.setenv(name, value)


def body_with_the_schema(provider: ChatProvider, wire: Wire, model: str | None = None) -> str:
    """The body of the one request with which a provider is asked for an object.

    Raises:
        AssertionError: There is no such request, or it does not hold the whole schema.
    """
    with pytest.raises(LLMBackendError) as caught:
        provider.backend(model).complete(STRUCTURED)
    assert len(wire.questions) == 1, str(caught.value)
    (question,) = wire.questions
    assert caught.value.status == wire.status, str(caught.value)
    document = _document(question.body)
    text = json.dumps(document)
    missing = [marker for marker in MARKERS if marker not in text]
    assert not missing, text
    lost = list(lost_references(document, {}))
    assert not lost, text
    return question.body


def _document(body: str) -> object:
    """What a body holds, which is JSON; or else a form, in which only the prompt has a place."""
    if body.startswith("{"):
        return json.loads(body)
    assert IN_WORDS in body.replace("+", " "), body
    return parse_qs(body, strict_parsing=True)


def lost_references(value: object, definitions: dict[str, object]) -> Iterator[str]:
    """The references of a schema, wherever it stands in a body, that lead to nothing there."""
    if isinstance(value, dict):
        if isinstance(value.get("$defs"), dict):
            definitions = value["$defs"]
        reference = value.get("$ref")
        if isinstance(reference, str) and reference.removeprefix("#/$defs/") not in definitions:
            yield reference
        for child in value.values():
            yield from lost_references(child, definitions)
    elif isinstance(value, list):
        for child in value:
            yield from lost_references(child, definitions)
