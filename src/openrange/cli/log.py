"""`--log FILE`: every event of a command, a JSON object a line, so that a failure can be read."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from datetime import UTC, datetime
from pathlib import Path

from openrange.errors import ConfigError
from openrange.llm.recording import EventSink


@contextmanager
def logged(file: Path | None, redacted: Callable[[str], str]) -> Iterator[EventSink]:
    """Keep a log of what happens, and of how it fails.

    Args:
        file: Where lines are added, each as soon as it is known; None keeps none.
        redacted: Takes the keys out of a line.

    Yields:
        The event sink that writes it.

    Raises:
        ConfigError: The file cannot be written.
    """
    if file is None:
        yield lambda step, data: None
        return
    try:
        # It may hold what a user asks and a model answers: for nobody else.
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    except (OSError, ValueError) as error:
        raise _unwritable(file, error) from None

    def write(step: str, data: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = redacted(json.dumps({"time": now, "step": step, **data}, default=str))
        left = f"{line}\n".encode()
        try:
            while left:  # once, but on a full disk: so that lines of two builds do not mix
                left = left[os.write(number, left) :]
        except OSError as error:
            raise _unwritable(file, error) from None

    try:
        yield write
    except BaseException as error:
        detail = getattr(error, "detail", None)
        failed = {"type": type(error).__name__, "message": str(error), "detail": detail}
        with suppress(ConfigError):  # the user is told of the first failure
            write("command_failed", failed)
        raise
    finally:
        os.close(number)


def _unwritable(file: Path, error: OSError | ValueError) -> ConfigError:
    reason = getattr(error, "strerror", None) or str(error)
    return ConfigError(f"cannot write the log {file}: {reason}")
