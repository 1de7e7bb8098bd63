from __future__ import annotations

import json
import os
import pty
import subprocess
from pathlib import Path

from command_line import PROGRAM, environment, openrange

NAMES = ["offline", "openai-compatible"]


def on_a_terminal(*arguments: str, columns: int = 100) -> tuple[int, str, str]:
    """Status, standard output and what a terminal got as standard error."""
    ours, theirs = pty.openpty()
    process = subprocess.Popen(
        [*PROGRAM, *arguments],
        env=environment(TERM="xterm", COLUMNS=str(columns)),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=theirs,
        text=True,
    )
    os.close(theirs)
    out, _ = process.communicate(timeout=60)
    shown = b""
    try:
        while chunk := os.read(ours, 65_536):
            shown += chunk
    except OSError:
        pass  # what Linux says when the other end is gone
    os.close(ours)
    return process.returncode, out, shown.decode()


def test_a_check_on_a_terminal_shows_what_it_is_at() -> None:
    status, out, shown = on_a_terminal("backends", "check", *NAMES)

    assert status == 2
    assert "checking offline" in shown
    assert " of 2 done)" in shown
    assert [line.split()[0] for line in out.splitlines()] == NAMES
    assert "\x1b" not in out


def test_a_terminal_without_room_for_a_line_shows_none() -> None:
    assert on_a_terminal("backends", "check", "offline", columns=19)[::2] == (0, "")


def test_a_check_with_json_shows_nothing_beside() -> None:
    status, out, shown = on_a_terminal("backends", "check", "offline", "--json")

    assert (status, shown) == (0, "")
    assert json.loads(out)["backends"][0]["verdict"] == "ready"


def test_a_check_in_a_pipe_is_its_lines_alone() -> None:
    done = openrange("backends", "check", *NAMES, TERM="xterm", FORCE_COLOR="1")

    assert (done.status, done.err) == (2, "")
    assert "\x1b" not in done.out
    assert len(done.out.splitlines()) == 2


def test_an_unknown_name_is_a_usage_error_with_the_near_misses() -> None:
    done = openrange("backends", "check", "offline", "ofline")

    assert (done.status, done.out) == (2, "")
    assert "there is no backend 'ofline' (did you mean 'offline'?)" in done.complaint
    document = openrange("backends", "check", "ofline", "--json").document
    assert document["error"]["type"] == "BackendNotFoundError"


def test_a_configuration_that_cannot_be_read_ends_a_check() -> None:
    Path("openrange.toml").write_text("nonsense", "utf-8")

    done = openrange("backends", "check")

    assert (done.status, done.out) == (2, "")
    assert "openrange.toml: not valid TOML" in done.complaint
    assert openrange("backends", "check", "--config", "/dev/null").status == 0
