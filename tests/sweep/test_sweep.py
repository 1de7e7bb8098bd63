"""Forty worlds in the default run; `nox -s sweep -- 500` takes more."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from replay import Recorder, replayed
from webapp_worlds import CLASSES, PACK, made

from openrange.worlds.boot import boot

SWEEP = str(Path(__file__).with_name("sweep.py"))


@pytest.mark.timeout(600)
def test_forty_worlds_are_admitted_at_once_solved_as_stored_and_unlike_one_another(
    tmp_path: Path,
) -> None:
    file = tmp_path / "rows.jsonl"
    done = subprocess.run(
        [sys.executable, SWEEP, "40", "--json", file], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    rows = [json.loads(line) for line in file.read_text().splitlines()]
    assert len(rows) == 40
    assert all(row["attempts"] == 1 and row["solved"] and not row["leaked"] for row in rows)
    assert len({row["structure"] for row in rows}) >= 38
    assert {row["difficulty"] for row in rows} == {1, 2, 3, 4}
    assert {name.partition("/")[0] for row in rows for name in row["chain"]} == set(CLASSES)


@pytest.mark.parametrize(
    "planted", ["sql_injection/string", "path_traversal/filtered", "request_forgery/redirect"]
)
def test_what_solved_a_world_solves_it_again_and_no_other_one(planted: str) -> None:
    """The first half shows that a replay is one."""
    worlds = [made(planted), *(made(planted.partition("/")[0], seed=n) for n in range(1, 6))]
    with boot(PACK.command(), dict(worlds[0])) as running:
        visitor = Recorder(running.url)
        assert PACK.solve(visitor, dict(worlds[0])) == running.flag
        assert replayed(visitor.sent, worlds[0], worlds[0], running.url)
    for world in worlds[1:]:
        with boot(PACK.command(), dict(world)) as running:
            assert not replayed(visitor.sent, worlds[0], world, running.url)
