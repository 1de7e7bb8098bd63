"""When a request is sent again: what may pass, how long to wait, and when waiting is no use."""

from __future__ import annotations

import math
import random
import re
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from openrange.errors import LLMBackendError

MAX_PAUSE = 600.0
"""Seconds that nothing is waited for longer than, where no timeout says less."""

# 408, 409, 425 and 429 ask for another attempt (RFC 9110, RFC 8470, RFC 6585); 5xx may pass.
_PASSING = frozenset({408, 409, 425, 429})
# A limit of the provider, in requests or in some sort of tokens: what is left of it, and when it is
# whole again. Sources: OpenAI's guide "Rate limits" and Anthropic's "Rate limits", on headers.
_LEFT = re.compile(r"(x-ratelimit-)remaining(-\w+)|(anthropic-ratelimit-[\w-]+-)remaining", re.I)
_UNITS = {"d": 86_400.0, "h": 3_600.0, "m": 60.0, "s": 1.0, "ms": 0.001}

_waits = True


def is_passing(status: int) -> bool:
    """Whether a request that got this HTTP status may succeed when it is sent again."""
    return status in _PASSING or status >= 500


@dataclass(slots=True)
class Retries:
    """The repetitions that one `complete` is allowed.

    Args:
        left: How many there may still be.
        timeout: Seconds that one attempt may take, and that a pause may; None for `MAX_PAUSE`.
        done: How many there were.
    """

    left: int
    timeout: float | None = None
    done: int = 0

    def pause(self, failure: LLMBackendError) -> float | None:
        """Seconds to wait before the next attempt, which is counted.

        Args:
            failure: How the last attempt failed.

        Returns:
            The pause; None when there is to be no other attempt.
        """
        if not failure.retryable or self.left <= 0:
            return None
        if failure.retry_after is None:
            # Exponential backoff with full jitter, so that parallel builds do not return in step.
            seconds = random.uniform(0.5, 1.0) * min(8.0, 0.5 * 2.0**self.done)  # noqa: S311
        else:
            longest = MAX_PAUSE if self.timeout is None else self.timeout
            if not failure.retry_after <= longest:  # which a NaN is not either
                return None
            seconds = max(0.0, failure.retry_after)
        self.left -= 1
        self.done += 1
        return seconds


def wait(seconds: float) -> None:
    """Let a pause go by, unless `without_waiting` is in force.

    Args:
        seconds: How long.
    """
    if _waits:
        time.sleep(seconds)


@contextmanager
def without_waiting() -> Iterator[None]:
    """A block in which no pause takes any time, in any thread of the process: for tests."""
    global _waits
    before, _waits = _waits, False
    try:
        yield
    finally:
        _waits = before


def retry_after_seconds(value: str | None) -> float | None:
    """Read a `Retry-After` header.

    Args:
        value: Seconds, or an HTTP date (RFC 9110, section 10.2.3).

    Returns:
        Seconds from now, never negative; None when there is no readable value.
    """
    if not value:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", value.strip()):
        seconds = float(value)
        return seconds if math.isfinite(seconds) else None
    try:
        return _until(parsedate_to_datetime(value))
    except (ValueError, OverflowError):
        return None


def asked_to_wait(headers: Mapping[str, str]) -> float | None:
    """The seconds that a server asks to wait, wherever it says so.

    Args:
        headers: The header lines of its answer.

    Returns:
        `Retry-After`; without one, the time until the last of OpenAI's or Anthropic's limits that
        are used up is whole again; None where it says nothing.
    """
    given = {name.lower(): value for name, value in headers.items()}
    if (seconds := retry_after_seconds(given.get("retry-after"))) is not None:
        return seconds
    resets = [
        _until_reset(given.get(f"{match[1]}reset{match[2]}" if match[1] else f"{match[3]}reset"))
        for name, value in given.items()
        if (match := _LEFT.fullmatch(name)) and value.strip() == "0"
    ]
    return max((seconds for seconds in resets if seconds is not None), default=None)


def _until_reset(value: str | None) -> float | None:
    """Seconds in a text such as `6m0s` or `2026-01-31T12:00:00Z`."""
    if not value:
        return None
    if re.fullmatch(r"(\d{1,9}(\.\d{1,9})?(ms|[dhms]))+", value.strip()):
        parts = re.findall(r"([\d.]+)(ms|[dhms])", value)
        return sum(float(number) * _UNITS[unit] for number, unit in parts)
    try:
        return _until(datetime.fromisoformat(value.strip()))
    except (ValueError, OverflowError):
        return None


def _until(moment: datetime) -> float:
    """Seconds from now, never negative."""
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())
