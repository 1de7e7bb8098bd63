from __future__ import annotations

import copy
import inspect
import pickle
from typing import get_type_hints

import pytest

import openrange
from openrange import LLMBackendError, LLMRequest, LLMRequestError, LLMResult
from openrange.llm import LLMBackend, SupportsPreflight, SupportsWorkspace

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}}


def test_a_request_joins_system_and_prompt_with_an_empty_line() -> None:
    assert LLMRequest("question", system="rules").as_prompt() == "rules\n\nquestion"
    assert LLMRequest("question").as_prompt() == "question"


def test_a_request_copies_its_schema_deeply() -> None:
    schema = copy.deepcopy(SCHEMA)
    request = LLMRequest("q", json_schema=schema)
    schema["properties"] = {}
    assert request.json_schema == SCHEMA


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "object", "default": object()},
        {"type": "object", "default": float("nan")},
        {"type": "object", "enum": {1, 2}},
        {"type": "array"},
        {"type": "string"},
        ["object"],
        "object",
    ],
    ids=["object()", "nan", "set", "array", "string", "list", "text"],
)
def test_a_schema_that_is_no_json_object_schema_is_refused(schema: object) -> None:
    with pytest.raises(LLMRequestError, match="json_schema"):
        LLMRequest("q", json_schema=schema)  # type: ignore[arg-type]


def test_a_schema_that_contains_itself_is_refused() -> None:
    schema: dict[str, object] = {"type": "object"}
    schema["not"] = schema
    with pytest.raises(LLMRequestError, match="serialized"):
        LLMRequest("q", json_schema=schema)


@pytest.mark.parametrize("schema", [{}, {"properties": {}}, {"anyOf": [{"type": "object"}]}])
def test_a_schema_without_a_type_at_its_root_is_taken(schema: dict[str, object]) -> None:
    assert LLMRequest("q", json_schema=schema).json_schema == schema


def test_prompt_and_system_have_to_be_text() -> None:
    with pytest.raises(LLMRequestError, match="prompt must be a string, not int"):
        LLMRequest(3)  # type: ignore[arg-type]
    with pytest.raises(LLMRequestError, match="system must be a string, not list"):
        LLMRequest("q", system=[])  # type: ignore[arg-type]


def test_requests_and_results_are_hashable_values() -> None:
    assert len({LLMRequest("q", json_schema=SCHEMA), LLMRequest("q", json_schema=SCHEMA)}) == 1
    assert LLMResult("{}", {"a": 1}) == LLMResult("{}", {"a": 1})
    assert hash(LLMResult("{}", {"a": 1})) == hash(LLMResult("{}"))


def test_the_surface_of_the_contract_is_pinned() -> None:
    def public(protocol: type) -> set[str]:
        return {name for name in vars(protocol) if not name.startswith("_")}

    assert public(LLMBackend) == {"complete"}
    assert public(SupportsPreflight) == {"preflight"}
    assert public(SupportsWorkspace) == {"in_workspace"}
    assert list(inspect.signature(LLMBackend.complete).parameters) == ["self", "request"]
    assert list(get_type_hints(LLMRequest)) == ["prompt", "system", "json_schema"]
    assert list(get_type_hints(LLMResult)) == ["text", "parsed_json"]


def test_an_error_survives_pickling_and_copying_with_all_its_fields() -> None:
    error = LLMBackendError(
        "slow down",
        kind="rate-limit",
        status=429,
        retryable=True,
        retry_after=2.5,
        detail="RateLimitError: slow down",
    )
    for twin in (pickle.loads(pickle.dumps(error)), copy.copy(error), copy.deepcopy(error)):
        assert (str(twin), vars(twin)) == (str(error), vars(error))


def test_the_return_code_of_an_http_failure_is_its_status() -> None:
    assert LLMBackendError("x", status=503).returncode == 503
    assert LLMBackendError("x", returncode=7).returncode == 7
    assert LLMBackendError("x").returncode is None


def test_the_exception_tree_is_the_documented_one() -> None:
    tree = {
        "ManifestError": "OpenRangeError",
        "ConfigError": "OpenRangeError",
        "PackError": "OpenRangeError",
        "AdmissionError": "OpenRangeError",
        "StoreError": "OpenRangeError",
        "BackendNotFoundError": "OpenRangeError",
        "LLMError": "OpenRangeError",
        "LLMRequestError": "LLMError",
        "LLMBackendError": "LLMError",
    }
    assert {name: getattr(openrange, name).__base__.__name__ for name in tree} == tree


def test_openrange_llm_has_every_name_of_the_contract() -> None:
    import openrange.llm as llm

    for name in (
        "LLMBackend",
        "LLMBackendError",
        "LLMError",
        "LLMRequest",
        "LLMRequestError",
        "LLMResult",
        "parse_json_object",
    ):
        assert getattr(llm, name) is getattr(openrange, name)
