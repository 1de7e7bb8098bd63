from __future__ import annotations

import subprocess
import sys
import threading
from contextvars import ContextVar

import pytest

from openrange.errors import LLMBackendError
from openrange.llm import within

WHO: ContextVar[str] = ContextVar("WHO")


def test_a_call_that_ends_in_time_returns_its_value_and_sees_the_context() -> None:
    WHO.set("caller")
    assert within(30, lambda: (WHO.get(), threading.current_thread().daemon)) == ("caller", True)


def test_what_a_call_raises_is_raised() -> None:
    with pytest.raises(ZeroDivisionError):
        within(30, lambda: 1 / 0)


def test_a_call_that_takes_too_long_is_abandoned() -> None:
    release = threading.Event()
    with pytest.raises(LLMBackendError, match=r"timed out after 0\.1 seconds") as caught:
        within(0.1, release.wait, abandon=release.set)
    assert (caught.value.kind, caught.value.retryable) == ("timeout", True)
    assert release.is_set()


def test_a_stuck_call_does_not_keep_the_process_from_ending() -> None:
    script = (
        "import time\n"
        "from openrange.llm import LLMBackendError, within\n"
        "try:\n"
        "    within(0.1, lambda: time.sleep(3600))\n"
        "except LLMBackendError as error:\n"
        "    print(error)\n"
    )
    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, timeout=60, check=True
    )
    assert ended.stdout == "timed out after 0.1 seconds\n"
