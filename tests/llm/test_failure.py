from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest

from openrange.llm.failure import http_failure
from openrange.llm.retry import retry_after_seconds


@pytest.mark.parametrize(
    ("status", "kind", "retryable"),
    [
        (302, "rejected", False),
        (400, "rejected", False),
        (401, "auth", False),
        (402, "rate-limit", False),
        (403, "auth", False),
        (404, "rejected", False),
        (408, "server", True),
        (409, "server", True),
        (413, "rejected", False),
        (425, "server", True),
        (429, "rate-limit", True),
        (500, "server", True),
        (503, "server", True),
        (529, "server", True),
    ],
)
def test_a_status_decides_kind_and_retry(status: int, kind: str, retryable: bool) -> None:
    error = http_failure(status, "words", key_source="ACME_KEY")
    assert (error.kind, error.retryable, error.status) == (kind, retryable, status)
    assert str(error).startswith(f"HTTP {status}: words; ")


def test_a_rejected_key_names_where_it_comes_from() -> None:
    assert "ACME_KEY" in str(http_failure(401, "no", key_source="ACME_KEY"))


@pytest.mark.parametrize("said", ["'response_format' is not supported", "Unknown name json_schema"])
def test_a_refused_form_is_unsupported(said: str) -> None:
    sent = http_failure(400, said, key_source="K")
    assert (sent.kind, sent.retryable) == ("unsupported", False)


def test_a_long_message_is_cut() -> None:
    assert len(str(http_failure(500, "x" * 10_000, key_source="K"))) < 450


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("7", 7.0),
        ("0.5", 0.5),
        (None, None),
        ("", None),
        ("soon", None),
        ("-3", None),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", None),
    ],
)
def test_retry_after_in_seconds(value: str | None, seconds: float | None) -> None:
    assert retry_after_seconds(value) == seconds


def test_retry_after_as_a_date() -> None:
    later = datetime.now(UTC) + timedelta(seconds=600)
    seconds = retry_after_seconds(format_datetime(later, usegmt=True))
    assert seconds is not None
    assert 500 < seconds <= 600
    assert retry_after_seconds("Wed, 21 Oct 2015 07:28:00 GMT") == 0.0


@pytest.mark.parametrize(
    ("said", "document", "retry_after", "is_used_up"),
    [
        ("slow down", '{"error": {"code": "rate_limit_exceeded"}}', None, False),
        ("no", '{"error": {"code": "insufficient_quota"}}', None, True),
        ("no", '{"error": {"type": "insufficient_quota"}}', 1.0, True),
        ("You exceeded your current quota, please check your plan and billing", "", None, True),
        ("You exceeded your current quota. Please retry in 43.5s.", "", None, False),
        ("You exceeded your current quota, check billing", '{"retryDelay": "43s"}', None, False),
        ("You exceeded your current quota, check billing", "", 43.0, False),
        ("Billing hard limit has been reached", "", None, True),
        ("Insufficient Balance", "", None, True),
    ],
)
def test_a_quota_that_is_used_up_is_not_waited_for(
    said: str, document: str, retry_after: float | None, is_used_up: bool
) -> None:
    error = http_failure(429, said, key_source="K", document=document, retry_after=retry_after)
    assert (error.kind, error.status) == ("rate-limit", 429)
    assert error.retryable is not is_used_up
    assert ("check its plan and its billing" in str(error)) is is_used_up


def test_what_stands_in_braces_in_an_address_is_left_as_it_is() -> None:
    error = http_failure(404, "no", key_source="K", asked="http://h/{tenant}/chat/completions")
    assert "http://h/{tenant}" in str(error)


def test_an_answer_of_the_api_is_not_blamed_on_the_proxy() -> None:
    said, proxy = '{"detail": "Invalid API key"}', "http://p:3128 (HTTPS_PROXY)"
    for asked in ("https://h/v1/chat/completions", "http://h/v1/chat/completions"):
        error = http_failure(403, said, key_source="K", asked=asked, proxy=proxy)
        assert "proxy" not in str(error)
        assert error.kind == "auth"


def test_a_model_that_cannot_be_loaded_is_not_loading() -> None:
    error = http_failure(500, "error loading model: missing tensor", key_source="K")
    assert "wait a moment" not in str(error)


def test_pages_within_an_error_take_no_time() -> None:
    document = json.dumps({"error": ["<" * 199_000 + str(number) for number in range(5)]})
    assert http_failure(400, document, key_source="K").kind == "rejected"
