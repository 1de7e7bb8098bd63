"""Programs in processes of their own, with the modules of the tests."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

FAKE_LITELLM = Path(__file__).parent / "fake_litellm"
PATIENCE = 30.0
"""Seconds after which a test gives up on what should happen at once."""


def python(program: str, *arguments: str, **variables: str) -> subprocess.Popen[str]:
    """Start a program, whose path for modules is that of the tests."""
    path = [*variables.pop("before", "").split(os.pathsep), *sys.path]
    return subprocess.Popen(
        [sys.executable, "-W", "error", "-c", program, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), **variables},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def said(program: str, *arguments: str, **variables: str) -> str:
    """What a program prints; it fails the test if it fails, or says a word on standard error."""
    with python(program, *arguments, **variables) as process:
        out, complaints = process.communicate(timeout=4 * PATIENCE)
    assert (process.returncode, complaints) == (0, "")
    return out


def children(pid: int) -> list[int]:
    """The processes that one has started and that have not ended (Linux)."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdecimal():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue  # it has just ended
            if int(fields[1]) == pid and fields[0] != "Z":
                found.append(int(entry.name))
    return found


def is_alive(pid: int) -> bool:
    try:
        return re.search(r"State:\s+[^Z]", Path(f"/proc/{pid}/status").read_text()) is not None
    except OSError:
        return False


def comes_true(what: Callable[[], bool]) -> bool:
    """Whether something becomes true before the test gives up on it."""
    ends = time.monotonic() + PATIENCE
    while not what():
        if time.monotonic() > ends:
            return False
        time.sleep(0.02)
    return True
