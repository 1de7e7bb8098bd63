from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from sabotage import SabotagedPack, is_unlocked_soon
from webapp_worlds import PACK, design_of, manifest_of

from openrange.worlds.boot import boot
from openrange.worlds.visitor import VisitError, Visitor

# Boots a world, forks a child that holds whatever the parent holds, and waits.
PARENT = """
import json, os, sys, time
from openrange.worlds.boot import boot
command, world = json.load(sys.stdin)
with boot(command, world) as running:
    if os.fork() == 0:
        time.sleep(600)
    print(running.url, flush=True)
    time.sleep(600)
"""


def is_gone_soon(url: str, seconds: float = 30.0) -> bool:
    """Whether nobody answers there, within so many seconds."""
    ends = time.monotonic() + seconds
    while time.monotonic() < ends:
        try:
            Visitor(url, timeout=2.0).get("/")
        except VisitError:
            return True
        time.sleep(0.05)
    return False


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_a_world_ends_with_its_parent_and_leaves_nothing_behind(
    number: signal.Signals, tmp_path: Path
) -> None:
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    pack = SabotagedPack("has a child", str(tmp_path / "lock"))
    world = pack.realize(manifest_of(), design_of()).world
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
        env={**os.environ, "TMPDIR": str(scratch)},
        start_new_session=True,
    )
    try:
        assert parent.stdin is not None
        assert parent.stdout is not None
        parent.stdin.write(json.dumps([PACK.command(), world]))
        parent.stdin.close()
        url = parent.stdout.readline().strip()
        assert Visitor(url).get("/").status == 200
        os.kill(parent.pid, number)
        parent.wait()
        assert is_gone_soon(url)
        assert list(scratch.iterdir()) == []
    finally:
        os.killpg(parent.pid, signal.SIGKILL)  # the child of its fork
        parent.stdout.close()


def test_a_child_of_a_fork_leaves_its_parents_world_alone() -> None:
    code = (
        "import json, os, sys\n"
        "from openrange.worlds.boot import boot\n"
        "command, world = json.load(sys.stdin)\n"
        "with boot(command, world) as running:\n"
        "    child = os.fork()\n"
        "    if child == 0:\n"
        "        sys.exit(0)\n"
        "    os.waitpid(child, 0)\n"
        "    print(running.visitor().get('/').status)\n"
    )
    told = json.dumps([PACK.command(), PACK.realize(manifest_of(), design_of()).world])
    done = subprocess.run(
        [sys.executable, "-c", code], input=told, capture_output=True, text=True, check=True
    )
    assert done.stdout == "200\n"


def test_what_a_world_started_ends_with_it_where_its_parent_cannot_see_to_that(
    tmp_path: Path,
) -> None:
    file = tmp_path / "lock"
    pack = SabotagedPack("has a child", str(file))
    line = json.dumps({"world": pack.realize(manifest_of(), design_of()).world, "flag": "flag{}"})
    subprocess.run(
        [sys.executable, "-P", str(Path(__file__).with_name("child_of_a_world.py")), str(file)],
        input=line + "\n",
        stdout=subprocess.DEVNULL,
        text=True,
        check=False,
        start_new_session=True,
    )
    assert is_unlocked_soon(file)


def test_a_world_has_a_bounded_memory() -> None:
    if sys.platform != "linux":
        pytest.skip("the system does not hold a process to it")
    with boot(PACK.command(), PACK.realize(manifest_of(), design_of()).world) as running:
        limits = Path(f"/proc/{running.process.pid}/limits").read_text()
    (line,) = [line for line in limits.splitlines() if line.startswith("Max data size")]
    assert "512000000" in line
