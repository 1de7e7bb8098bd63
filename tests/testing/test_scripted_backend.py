from __future__ import annotations

import json

import pytest

from openrange import LLMBackend, LLMBackendError, LLMRequest, LLMResult
from openrange.llm import Usage, recording
from openrange.testing import ScriptedBackend

REQUEST = LLMRequest("Name a city.")


def test_it_is_a_backend() -> None:
    assert isinstance(ScriptedBackend([]), LLMBackend)


def test_a_text_is_the_text_of_a_result() -> None:
    assert ScriptedBackend(["Bern"]).complete(REQUEST) == LLMResult("Bern")


def test_an_object_is_given_both_as_such_and_as_text() -> None:
    result = ScriptedBackend([{"city": "Bern"}]).complete(REQUEST)
    assert result.parsed_json == {"city": "Bern"}
    assert json.loads(result.text) == {"city": "Bern"}


@pytest.mark.parametrize("error", [LLMBackendError("busy", status=503), KeyboardInterrupt()])
def test_an_exception_is_raised(error: BaseException) -> None:
    with pytest.raises(type(error)) as info:
        ScriptedBackend([error]).complete(REQUEST)
    assert info.value is error


def test_a_function_gets_the_request_and_its_result_is_handed_on() -> None:
    backend = ScriptedBackend([lambda request: LLMResult(request.prompt.upper())])
    assert backend.complete(REQUEST).text == "NAME A CITY."


def test_answers_are_given_in_order_and_requests_remembered() -> None:
    backend = ScriptedBackend(["one", "two"])
    other = LLMRequest("Another?")
    assert [backend.complete(request).text for request in (REQUEST, other)] == ["one", "two"]
    assert backend.requests == [REQUEST, other]


def test_an_empty_queue_says_what_was_asked() -> None:
    backend = ScriptedBackend(["one"])
    backend.complete(REQUEST)
    with pytest.raises(AssertionError, match=r"no answer left to: 'Name a city\.'"):
        backend.complete(REQUEST)
    assert len(backend.requests) == 2


def test_each_answer_is_counted_and_names_the_model() -> None:
    usage = Usage(requests=1, input_tokens=3, output_tokens=2)
    backend = ScriptedBackend(["one", LLMBackendError("no")], model="parrot-1", usage=usage)
    with recording() as recorder:
        backend.complete(REQUEST)
        with pytest.raises(LLMBackendError):
            backend.complete(REQUEST)
    assert recorder.usage == Usage(requests=2, input_tokens=6, output_tokens=4)
    assert recorder.models == ["parrot-1"]
