"""Ending a local program together with all that it started."""

from __future__ import annotations

import os
import signal
import subprocess
from contextlib import suppress


def end_group(process: subprocess.Popen[bytes], grace: float = 0.0) -> None:
    """End a process that leads its own group, and the whole group, even if interrupted meanwhile.

    A group that outlives its leader keeps the leader's id from being given to another process, so
    what is signalled is never a stranger; an empty group is no error.

    Args:
        process: Started with `start_new_session=True`.
        grace: Seconds in which it may end by itself, after a first polite signal.
    """
    try:
        if grace > 0:
            _signal(process, signal.SIGTERM)
            with suppress(subprocess.TimeoutExpired):
                process.wait(grace)
    finally:
        _signal(process, signal.SIGKILL)
        with suppress(subprocess.TimeoutExpired):
            process.wait(5.0)


def _signal(process: subprocess.Popen[bytes], number: signal.Signals) -> None:
    # macOS answers EPERM, not ESRCH, for a group of which nothing but a zombie is left.
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, number)
