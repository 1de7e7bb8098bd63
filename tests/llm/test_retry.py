from __future__ import annotations

import time
from datetime import UTC, datetime, timedelta

import pytest

from openrange import LLMRequest
from openrange.errors import LLMBackendError
from openrange.llm import Reply, retry_after_seconds, run
from openrange.llm.retry import asked_to_wait, without_waiting


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({}, None),
        ({"Retry-After": "7", "x-ratelimit-remaining-requests": "0"}, 7.0),
        ({"X-RateLimit-Remaining-Requests": "0", "X-RateLimit-Reset-Requests": "1m30s"}, 90.0),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "20ms"}, 0.02),
        ({"x-ratelimit-remaining-tokens": "5", "x-ratelimit-reset-tokens": "20s"}, None),
        ({"x-ratelimit-remaining-tokens": "0", "x-ratelimit-reset-tokens": "soon"}, None),
        ({"x-ratelimit-remaining-tokens": "0"}, None),
        (
            {
                "x-ratelimit-remaining-tokens": "0",
                "x-ratelimit-reset-tokens": "6m0s",
                "x-ratelimit-remaining-requests": "0",
                "x-ratelimit-reset-requests": "1.5s",
            },
            360.0,
        ),
        (
            {
                "anthropic-ratelimit-tokens-remaining": "0",
                "anthropic-ratelimit-tokens-reset": "2015-10-21T07:28:00Z",
            },
            0.0,
        ),
    ],
    ids=str,
)
def test_a_server_asks_to_wait_in_several_ways(
    headers: dict[str, str], seconds: float | None
) -> None:
    assert asked_to_wait(headers) == seconds


def test_a_limit_of_anthropic_says_the_moment_at_which_it_is_whole_again() -> None:
    later = (datetime.now(UTC) + timedelta(seconds=60)).isoformat()
    seconds = asked_to_wait(
        {
            "anthropic-ratelimit-input-tokens-remaining": "0",
            "anthropic-ratelimit-input-tokens-reset": later,
            "anthropic-ratelimit-requests-remaining": "40",
            "anthropic-ratelimit-requests-reset": "2099-01-01T00:00:00Z",
        }
    )
    assert seconds is not None
    assert 50 < seconds <= 60


@pytest.mark.parametrize("value", ["9" * 400, "9" * 400 + ".5", "inf", "nan", "1e999"])
def test_an_endless_wait_is_no_wait(value: str) -> None:
    assert retry_after_seconds(value) is None


def test_one_switch_lets_every_pause_pass_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr(time, "sleep", slept.append)

    def ask() -> None:
        busy = LLMBackendError("busy", kind="server", retryable=True, retry_after=5.0)
        replies = [busy, Reply("done")]

        def send(ask: object) -> Reply:
            reply = replies.pop(0)
            if isinstance(reply, LLMBackendError):
                raise reply
            return reply

        assert run(LLMRequest("?"), send, backend="acme", max_retries=1).text == "done"

    with without_waiting():
        ask()
    assert slept == []
    ask()
    assert slept == [5.0]
