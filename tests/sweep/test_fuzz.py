"""Two worlds in the default run; `nox -s fuzz` takes fifty, for ten minutes."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

FUZZ = str(Path(__file__).with_name("fuzz.py"))


def test_nonsense_at_every_door_does_no_harm() -> None:
    done = subprocess.run(
        [sys.executable, FUZZ, "2", "--seconds", "2"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "\n       0  faults\n" in done.stdout


@pytest.mark.parametrize(
    ("touch", "told"),
    [
        ("open('/etc/hosts')", "open"),
        ("import sqlite3; sqlite3.connect('x.db')", "sqlite3.connect"),
        ("import subprocess; subprocess.run(['true'])", "subprocess.Popen"),
        ("socket.socket().connect(here.getsockname())", "socket.connect"),
        ("import os; os.mkdir('x')", "os.mkdir"),
        ("import sqlite3, json, decimal; sqlite3.connect(':memory:')", ""),
    ],
)
def test_the_watch_tells_what_touches_the_host_and_nothing_else(
    touch: str, told: str, tmp_path: Path
) -> None:
    sys.path.insert(0, str(Path(FUZZ).parent))
    try:
        from fuzz import HOOK
    finally:
        sys.path.pop(0)
    (tmp_path / "sitecustomize.py").write_text(HOOK)
    program = "import socket\nhere = socket.create_server(('127.0.0.1', 0))\n" + touch
    with subprocess.Popen(
        [sys.executable, "-P", "-c", program], env={"PYTHONPATH": str(tmp_path)}, cwd=tmp_path
    ) as process:
        assert process.wait(30) == 0
    lines = (tmp_path / str(process.pid)).read_text().splitlines()
    assert {line.partition(" ")[0] for line in lines} == ({told} if told else set())
