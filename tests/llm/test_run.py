from __future__ import annotations

import json
import traceback
from collections.abc import Callable, Mapping

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import Ask, Key, LLMRequest, LLMResult, Reply, Usage, recording, run

SCHEMA = {
    "type": "object",
    "properties": {"n": {"type": "integer"}},
    "required": ["n"],
    "additionalProperties": False,
}
PLAIN = LLMRequest("question", system="rules")
STRUCTURED = LLMRequest("question", system="rules", json_schema=SCHEMA)
SECRET = "sk-live-0123456789abcdef"

Step = Reply | BaseException


class Wire:
    """A transport that answers from a queue, and keeps what it was asked."""

    def __init__(self, *steps: Step) -> None:
        self.steps = list(steps)
        self.asks: list[Ask] = []

    def __call__(self, ask: Ask) -> Reply:
        self.asks.append(ask)
        step = self.steps.pop(0)
        if isinstance(step, BaseException):
            raise step
        return step


def answer(request: LLMRequest, wire: Callable[[Ask], Reply], **options: object) -> LLMResult:
    return run(request, wire, backend="acme", model="m-1", **options)  # type: ignore[arg-type]


def failure(request: LLMRequest, *steps: Step, **options: object) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        answer(request, Wire(*steps), **options)
    return caught.value


def passing(retry_after: float | None = 0.0, **fields: object) -> LLMBackendError:
    return LLMBackendError("busy", kind="server", retryable=True, retry_after=retry_after, **fields)  # type: ignore[arg-type]


UNSUPPORTED = LLMBackendError("response_format?", kind="unsupported", status=400)


def test_a_plain_request_returns_the_raw_text() -> None:
    wire = Wire(Reply("  the text\n"))
    assert answer(PLAIN, wire) == LLMResult("  the text\n", None)
    assert wire.asks == [Ask("question", "rules", "text")]


def test_a_structured_request_returns_text_and_object() -> None:
    wire = Wire(Reply('```json\n{"n": 1}\n```'))
    assert answer(STRUCTURED, wire) == LLMResult('{"n": 1}', {"n": 1})
    assert wire.asks == [Ask("question", "rules", "native", SCHEMA)]


def test_an_object_is_found_in_a_call_or_in_the_reasoning() -> None:
    assert answer(STRUCTURED, Wire(Reply("", elsewhere=('{"n": 2}',)))).parsed_json == {"n": 2}


def test_a_form_that_is_not_known_makes_room_for_the_next() -> None:
    wire = Wire(UNSUPPORTED, UNSUPPORTED, Reply('{"n": 1}'))
    assert answer(STRUCTURED, wire).parsed_json == {"n": 1}
    assert [ask.form for ask in wire.asks] == ["native", "json", "prompt"]
    assert [ask.schema for ask in wire.asks] == [SCHEMA, None, None]
    for ask in wire.asks[1:]:
        assert json.dumps(SCHEMA, separators=(",", ":")) in ask.prompt
        assert ask.system == "rules"


def test_a_form_that_is_not_known_is_not_asked_for_again_in_the_same_call() -> None:
    wire = Wire(UNSUPPORTED, Reply("no"), Reply('{"n": 1}'))
    answer(STRUCTURED, wire)
    assert [ask.form for ask in wire.asks] == ["native", "json", "json"]


def test_a_refused_form_is_remembered_for_its_endpoint_alone() -> None:
    here, there = object(), object()
    answer(STRUCTURED, Wire(UNSUPPORTED, Reply('{"n": 1}')), memory_key=here)
    again, elsewhere = Wire(Reply('{"n": 1}')), Wire(Reply('{"n": 1}'))
    answer(STRUCTURED, again, memory_key=here)
    answer(STRUCTURED, elsewhere, memory_key=there)
    assert again.asks[0].form == "json"
    assert elsewhere.asks[0].form == "native"


def test_the_last_form_fails_when_it_is_not_known_either() -> None:
    error = failure(STRUCTURED, UNSUPPORTED, UNSUPPORTED, UNSUPPORTED)
    assert (error.kind, error.status) == ("unsupported", 400)


def test_a_reply_that_does_not_conform_is_asked_for_once_more_with_the_reason() -> None:
    wire = Wire(Reply('{"n": "one"}'), Reply('{"n": 1}'))
    assert answer(STRUCTURED, wire).parsed_json == {"n": 1}
    assert '$.n: "one" is not of type "integer"' in wire.asks[1].prompt
    assert wire.asks[1].prompt.startswith("question")
    assert wire.asks[1].schema == SCHEMA
    assert json.dumps(SCHEMA, separators=(",", ":")) in wire.asks[1].prompt


def test_reasks_are_bounded() -> None:
    bad = Reply('{"n": "one"}')
    assert failure(STRUCTURED, bad, bad).kind == "nonconforming"
    assert failure(STRUCTURED, bad, max_reasks=0).kind == "nonconforming"
    assert failure(STRUCTURED, bad, bad, bad, bad, max_reasks=3).kind == "nonconforming"


@pytest.mark.parametrize(
    ("reply", "kind", "says"),
    [
        (Reply("", finish="refusal", explanation="I can't"), "refused", "refused: I can't"),
        (Reply("", finish="filter"), "filtered", "content filter"),
        (Reply('{"n": 1}', finish="length", limit="max_tokens"), "truncated", "raise max_tokens"),
    ],
)
def test_a_reply_that_did_not_end_well_is_not_asked_for_again(
    reply: Reply, kind: str, says: str
) -> None:
    for request in (PLAIN, STRUCTURED):
        error = failure(request, reply)
        assert error.kind == kind
        assert says in str(error)


def test_an_empty_plain_reply_is_an_error() -> None:
    assert failure(PLAIN, Reply(" \n")).kind == "empty"


def test_what_is_retryable_is_sent_again_and_announced() -> None:
    events: list[tuple[str, Mapping[str, object]]] = []
    wire = Wire(passing(), passing(), Reply("done"))
    with recording(lambda step, data: events.append((step, data))):
        assert answer(PLAIN, wire, max_retries=2).text == "done"
    steps = [step for step, _ in events]
    assert steps == [*["llm_request", "llm_retry"] * 2, "llm_request", "llm_reply"]
    assert events[1][1] == {
        "backend": "acme (m-1)",
        "reason": "busy",
        "seconds": 0.0,
        "retries_left": 1,
    }


def test_retries_are_bounded_over_the_whole_call() -> None:
    assert failure(PLAIN, passing(), max_retries=0).kind == "server"
    assert failure(PLAIN, passing(), passing(), max_retries=1).kind == "server"
    wire = Wire(passing(), Reply("no"), passing())
    with pytest.raises(LLMBackendError, match="busy"):
        answer(STRUCTURED, wire, max_retries=1)
    assert len(wire.asks) == 3


def test_what_is_not_retryable_is_not_sent_again() -> None:
    error = failure(PLAIN, LLMBackendError("no", kind="auth", status=401), max_retries=5)
    assert (error.kind, error.status, error.retryable) == ("auth", 401, False)


def test_one_call_sends_no_more_than_its_allowance() -> None:
    steps = [UNSUPPORTED, passing(), UNSUPPORTED, passing(), Reply("no"), Reply("no"), Reply("no")]
    wire = Wire(*steps)
    with pytest.raises(LLMBackendError):
        answer(STRUCTURED, wire, max_retries=2, max_reasks=2)
    assert len(wire.asks) == 3 + 2 + 2


def test_a_provider_that_asks_to_wait_longer_than_the_timeout_is_not_waited_for() -> None:
    error = failure(PLAIN, passing(retry_after=30.0), max_retries=5, timeout=2.0)
    assert error.retry_after == 30.0


def test_an_error_names_backend_and_model_on_one_short_line() -> None:
    error = failure(PLAIN, LLMBackendError("first\nsecond " + "x" * 2000))
    assert str(error).startswith("acme (m-1): first second xxx")
    assert "\n" not in str(error)
    assert len(str(error)) <= 500


@pytest.mark.parametrize("raised", [ValueError("odd"), RecursionError("deep"), BaseException("x")])
def test_a_foreign_exception_becomes_the_one_exception(raised: BaseException) -> None:
    error = failure(PLAIN, raised)
    assert type(raised).__name__ in str(error)
    assert str(error.detail).startswith(type(raised).__name__)


@pytest.mark.parametrize("raised", [KeyboardInterrupt(), SystemExit(3)])
def test_what_ends_the_process_passes_through(raised: BaseException) -> None:
    with pytest.raises(type(raised)):
        answer(PLAIN, Wire(raised))


def test_a_key_shows_nowhere_in_an_error_or_what_it_leads_to() -> None:
    def send(ask: Ask) -> Reply:
        headers = {"Authorization": f"Bearer {SECRET}"}
        try:
            raise ValueError(f"server said {headers}")
        except ValueError as error:
            raise LLMBackendError(f"echo {SECRET}", detail=f"headers {headers}") from error

    with pytest.raises(LLMBackendError) as caught:
        answer(PLAIN, send, secrets=[Key(SECRET)])
    error = caught.value
    trace = traceback.TracebackException.from_exception(error, capture_locals=True)
    assert SECRET not in "".join(trace.format())
    assert SECRET not in repr(vars(error)) + repr(error)
    assert error.__cause__ is None
    assert error.__context__ is None


def test_a_key_that_a_reply_or_an_event_would_echo_is_redacted() -> None:
    events: list[object] = []
    wire = Wire(Reply(f'{{"n": "{SECRET}"}}'), Reply(f'{{"n": "{SECRET}"}}'))
    with (
        recording(lambda step, data: events.append(data)),
        pytest.raises(LLMBackendError) as caught,
    ):
        answer(STRUCTURED, wire, secrets=[Key(SECRET)])
    assert SECRET not in str(caught.value) + repr(events) + repr(wire.asks)
    assert answer(PLAIN, Wire(Reply(SECRET)), secrets=[Key(SECRET)]).text == "[redacted]"


def test_usage_of_all_requests_is_recorded() -> None:
    used = Usage(input_tokens=10, output_tokens=5, cost_usd=0.5)
    wire = Wire(passing(), Reply("no", usage=used), Reply('{"n": 1}', usage=used, model="m-1-0"))
    with recording() as outer, recording() as recorder:
        answer(STRUCTURED, wire, max_retries=1)
    assert recorder.usage == Usage(3, 20, 10, None, None, 1.0)
    assert recorder.models == ["m-1-0"]
    assert outer.usage == recorder.usage


def test_what_nobody_counted_is_unknown_and_not_zero() -> None:
    with recording() as recorder:
        answer(PLAIN, Wire(Reply("text")))
    assert recorder.usage.to_mapping() == {
        "requests": 1,
        "input_tokens": None,
        "output_tokens": None,
        "cached_tokens": None,
        "reasoning_tokens": None,
        "cost_usd": None,
    }


class OwnError(Exception):
    """What the caller's own event sink raises."""


def complaining(step: str, data: Mapping[str, object]) -> None:
    if step == "llm_retry":
        raise OwnError(step)


def test_what_an_event_sink_raises_is_the_callers_own_error() -> None:
    wire = Wire(passing(), Reply("done"))
    with pytest.raises(OwnError, match="llm_retry") as caught:
        with recording(complaining):
            answer(PLAIN, wire, max_retries=1)
    assert len(wire.asks) == 1
    assert caught.value.__cause__ is None


def test_the_error_of_an_outer_sink_ends_the_inner_recording_too() -> None:
    seen: list[str] = []
    with pytest.raises(OwnError):
        with recording(complaining), recording(lambda step, data: seen.append(step)):
            answer(PLAIN, Wire(passing(), Reply("done")), max_retries=1)
    assert seen == ["llm_request"]


@pytest.mark.parametrize("seconds", [float("inf"), float("nan"), 1e300, 601.0])
def test_an_absurd_wait_is_not_waited_for(seconds: float) -> None:
    error = failure(PLAIN, passing(retry_after=seconds), max_retries=5)
    assert error.kind == "server"


def test_a_wait_of_less_than_nothing_is_none() -> None:
    assert answer(PLAIN, Wire(passing(retry_after=-5.0), Reply("done")), max_retries=1).text


def test_examples_of_a_schema_are_not_for_the_provider() -> None:
    schema = {**SCHEMA, "properties": {"n": {"type": "integer", "examples": [4]}}}
    request = LLMRequest("question", json_schema=schema)
    wire = Wire(UNSUPPORTED, Reply('{"n": 1}'))
    assert answer(request, wire).parsed_json == {"n": 1}
    assert wire.asks[0].schema == SCHEMA
    assert "examples" not in wire.asks[1].prompt
