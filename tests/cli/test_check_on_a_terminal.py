from __future__ import annotations

import json
from pathlib import Path

from command_line import on_a_terminal, openrange

NAMES = ["offline", "openai-compatible"]


def test_a_check_on_a_terminal_shows_what_it_is_at() -> None:
    status, out, shown = on_a_terminal("backends", "check", *NAMES)

    assert status == 2
    assert "checking offline" in shown
    assert " of 2 done)" in shown
    assert [line.split()[0] for line in out.splitlines()] == NAMES
    assert "\x1b" not in out


def test_a_terminal_without_room_for_a_line_shows_none() -> None:
    assert on_a_terminal("backends", "check", "offline", COLUMNS="19")[::2] == (0, "")


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
