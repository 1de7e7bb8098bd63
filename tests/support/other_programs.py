"""Programs of other people, run as servers on this machine for the length of some tests."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from http.client import HTTPConnection, HTTPException
from pathlib import Path

SECONDS_TO_START = 240


def free_port() -> int:
    """A port of the loopback interface that nobody listens at."""
    with socket.create_server(("127.0.0.1", 0)) as trial:
        return int(trial.getsockname()[1])


@contextmanager
def running(
    command: Sequence[str], port: int, health: str, folder: Path, **variables: str
) -> Iterator[str]:
    """Run a server until the block ends.

    Args:
        command: The program and its arguments.
        port: Where it listens.
        health: A path that answers once it is ready.
        folder: Where it works, and its output is kept.
        **variables: Environment variables beside the usual ones.

    Yields:
        Its origin.
    """
    log = folder / "log.txt"
    kept = {k: v for k, v in os.environ.items() if not k.upper().endswith(("_PROXY", "_KEY"))}
    with log.open("w") as output:
        process = subprocess.Popen(
            command,
            cwd=folder,
            env={**kept, **variables},
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
        try:
            deadline = time.monotonic() + SECONDS_TO_START
            while not _answers(port, health):
                assert process.poll() is None, log.read_text()[-3000:]
                assert time.monotonic() < deadline, log.read_text()[-3000:]
                time.sleep(0.2)
            yield f"http://127.0.0.1:{port}"
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait(10)


def _answers(port: int, path: str) -> bool:
    connection = HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", path)
        return connection.getresponse().status < 500
    except (OSError, HTTPException):
        return False
    finally:
        connection.close()
