from __future__ import annotations

import time

import pytest
from hostile_backends import Make
from hostile_server import BEHAVIOURS, HostileServer, never_accepting, never_connecting

from openrange import LLMBackend, LLMBackendError, LLMRequest

PLAIN = LLMRequest("Where?", system="Be brief.")
KEY = "own-key-of-the-provider-0123456789"

# These last until the deadline; all others are over at once.
SLOW = [
    "hangs",
    "hangs-in-the-body",
    "drips-the-status",
    "drips-the-headers",
    "drips-the-body",
]
QUICK = [name for name in BEHAVIOURS if name not in [*SLOW, "answers"]]

KINDS = {
    "announces-200-MB": "rejected",
    "redirects-in-a-loop": "rejected",
    "redirects-to-nowhere": "rejected",
    "sends-200-MB": "rejected",
    "sends-200-MB-in-chunks": "rejected",
    "sends-200-MB-of-an-error": "rejected",
    "sends-a-gzip-bomb": "rejected",
    "sends-a-million-lists": "rejected",
}


def failure(llm: LLMBackend) -> tuple[LLMBackendError, float]:
    """The error of a request, and the seconds that it took."""
    started = time.monotonic()
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(PLAIN)
    return caught.value, time.monotonic() - started


def assert_on_time(llm: LLMBackend) -> None:
    error, seconds = failure(llm)
    assert (error.kind, error.status, error.retryable) == ("timeout", None, True), str(error)
    assert "timed out after 0.3 seconds" in str(error)
    assert seconds < 30


@pytest.mark.parametrize("name", SLOW)
def test_a_slow_server_ends_with_the_deadline(
    name: str, make: Make, hostile: HostileServer
) -> None:
    assert_on_time(make(hostile.url(name), api_key=KEY, timeout=0.3))


@pytest.mark.parametrize("server", [never_accepting, never_connecting])
def test_a_server_that_does_not_even_connect_ends_with_the_deadline(
    server: type[never_accepting], make: Make
) -> None:
    with server() as url:
        assert_on_time(make(url, api_key=KEY, timeout=0.3))


@pytest.mark.parametrize("name", QUICK)
def test_a_server_that_breaks_the_rules_ends_in_the_one_exception(
    name: str, make: Make, hostile: HostileServer
) -> None:
    error, seconds = failure(make(hostile.url(name), api_key=KEY, timeout=20))
    expected = {
        "sends-more": ("connection",),  # as it is cut where it was said to end
        "sends-endless-headers": ("connection",),
    }
    assert error.kind in expected.get(name, (KINDS.get(name, "connection"),)), str(error)
    assert error.status in (None, 307, 200)
    assert "\n" not in str(error)
    assert len(str(error)) <= 500
    assert seconds < 30


def test_a_server_that_said_too_much_does_not_spoil_the_next_reply(
    make: Make, hostile: HostileServer
) -> None:
    failure(make(hostile.url("sends-more"), api_key=KEY))
    again, _ = failure(make(hostile.url("sends-less"), api_key=KEY))
    assert again.kind == "connection"
