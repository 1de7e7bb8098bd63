from __future__ import annotations

import pytest

from openrange import LLMBackendError, LLMRequest, OfflineBackend
from openrange.llm import violation

SCHEMA = {
    "type": "object",
    "properties": {"a": {"type": "string", "maxLength": 60}, "b": {"enum": [1, 2, 3]}},
    "required": ["a", "b"],
    "additionalProperties": False,
}
REQUEST = LLMRequest("goal, seed 0", "rules", SCHEMA)


def test_the_same_request_gets_the_same_conforming_reply() -> None:
    result = OfflineBackend().complete(REQUEST)
    assert OfflineBackend().complete(REQUEST) == result
    assert violation(result.parsed_json, SCHEMA) is None


@pytest.mark.parametrize(
    "other",
    [
        LLMRequest("goal, seed 1", "rules", SCHEMA),
        LLMRequest("goal, seed 0", "other rules", SCHEMA),
    ],
)
def test_another_prompt_or_system_message_gets_another_reply(other: LLMRequest) -> None:
    assert OfflineBackend().complete(other) != OfflineBackend().complete(REQUEST)


def test_a_plain_request_gets_some_text() -> None:
    result = OfflineBackend().complete(LLMRequest("hello"))
    assert result.text.strip()
    assert result.parsed_json is None


def test_a_schema_that_nothing_conforms_to_is_an_error() -> None:
    impossible = {"type": "object", "properties": {"a": False}, "required": ["a"]}
    with pytest.raises(LLMBackendError, match="offline: cannot make up an object") as caught:
        OfflineBackend().complete(LLMRequest("q", json_schema=impossible))
    assert caught.value.kind == "unsupported"
