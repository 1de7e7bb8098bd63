"""`--log FILE`: every event of a command, a JSON object a line, so that a failure can be read."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from openrange.errors import ConfigError
from openrange.llm.recording import EventSink


@contextmanager
def logged(file: Path | None) -> Iterator[EventSink]:
    """Keep a log of what happens, and of how it fails.

    Args:
        file: Where lines are added, each as soon as it is known; None keeps none.

    Yields:
        The event sink that writes it. No line holds a key, however it is written there.

    Raises:
        ConfigError: The file cannot be written.
    """
    if file is None:
        yield lambda step, data: None
        return
    from openrange.llm.secrets import redact
    from openrange.plugins.known_keys import known_keys

    keys = known_keys()
    try:
        # It may hold what a user asks and a model answers: for nobody else.
        number = os.open(file, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
        stream = os.fdopen(number, "w", encoding="utf-8")
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise ConfigError(f"cannot write the log {file}: {reason}") from None

    def write(step: str, data: Mapping[str, object]) -> None:
        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        line = json.dumps({"time": now, "step": step, **data}, default=str)
        try:
            stream.write(redact(line, keys) + "\n")
            stream.flush()
        except OSError as error:
            raise ConfigError(f"cannot write the log {file}: {error.strerror}") from None

    with stream:
        try:
            yield write
        except Exception as error:
            detail = getattr(error, "detail", None)
            failed = {"type": type(error).__name__, "message": str(error), "detail": detail}
            write("command_failed", failed)
            raise
