"""A wall-clock limit for calls that cannot be interrupted."""

from __future__ import annotations

import atexit
import threading
import time
import weakref
from collections.abc import Callable
from contextvars import copy_context
from typing import TypeVar, cast

from openrange.errors import LLMBackendError

T = TypeVar("T")


def timed_out(seconds: float) -> LLMBackendError:
    """The error of an attempt whose deadline passed.

    Args:
        seconds: How long the attempt was allowed to take.

    Returns:
        A retryable error of kind `timeout`.
    """
    return LLMBackendError(f"timed out after {seconds:g} seconds", kind="timeout", retryable=True)


def within(seconds: float, call: Callable[[], T], abandon: Callable[[], object] | None = None) -> T:
    """Run a call, and give up on it when its time is over.

    A thread cannot be stopped from outside, so the call runs in a daemon thread, which never keeps
    the process from ending for more than three seconds, and a late result is dropped. It sees the
    caller's context variables.

    Args:
        seconds: The wall-clock time that the call may take.
        call: What to run.
        abandon: Run when the time is over, or when the caller is interrupted, to unblock the call;
            it closes a socket, say.

    Returns:
        What the call returns.

    Raises:
        LLMBackendError: Of kind `timeout`.
        BaseException: Whatever the call raises.
    """
    outcome: list[tuple[T | None, BaseException | None]] = []
    context = copy_context()

    def work() -> None:
        try:
            outcome.append((context.run(call), None))
        except BaseException as error:  # noqa: BLE001 - it is raised again in the caller's thread
            outcome.append((None, error))

    thread = threading.Thread(target=work, daemon=True, name="openrange-llm")
    thread.start()
    is_late = True
    try:
        thread.join(min(seconds, threading.TIMEOUT_MAX))
        is_late = not outcome  # judged before `abandon`, which makes the call end in its own way
    finally:
        if is_late and abandon is not None:
            abandon()
    if is_late:
        _abandoned.add(thread)
        raise timed_out(seconds)
    result, error = outcome[0]
    if error is not None:
        raise error
    return cast(T, result)


_abandoned: weakref.WeakSet[threading.Thread] = weakref.WeakSet()
_PATIENCE = 3.0


@atexit.register
def _let_abandoned_calls_end() -> None:
    """Give abandoned calls a moment at the end of the process.

    One that is frozen in the middle of an import would keep the import's lock for ever, and what is
    taken down after it (LiteLLM's clients import as they go) would wait for that lock.
    """
    ends = time.monotonic() + _PATIENCE
    for thread in list(_abandoned):
        thread.join(max(0.0, ends - time.monotonic()))
