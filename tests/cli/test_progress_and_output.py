from __future__ import annotations

import json
import re
import subprocess
from pathlib import Path
from typing import Any

import pytest
from command_line import PROGRAM, environment, files, on_a_terminal, openrange

from openrange import SnapshotStore
from openrange.testing.chat_server import Answer, ChatServer, Seen, answer_by_schema

WIDE = "\u4e2d\u6587\u516c\u53f8"
ESCAPE = "\x1b"


def without_codes(shown: str) -> str:
    return re.sub(rf"{ESCAPE}\[[?0-9;]*[a-zA-Z]", "", shown).replace("\r", "")


def in_chinese(seen: Seen, delay: float = 0.0) -> Answer:
    """A design for a company whose name is in Chinese."""
    if seen.method == "GET":
        return answer_by_schema(seen)
    reply: Any = answer_by_schema(seen).document
    message = reply["choices"][0]["message"]
    design = json.loads(message["content"]) | {"company": WIDE}
    message["content"] = json.dumps(design)
    return Answer(document=reply, delay=delay)


def test_progress_in_a_pipe_is_plain_lines_on_standard_error() -> None:
    done = openrange("build", "--backend", "offline", TERM="xterm", FORCE_COLOR="1")
    assert done.err.splitlines() == [
        "using the backend offline, because the command line names it",
        "attempt 1 of 3: offline designs the world",
        "the world is booted and tried",
        "admitted",
    ]
    assert ESCAPE not in done.out
    assert "\r" not in done.err


def test_progress_on_a_terminal_is_a_live_line_that_is_gone_in_the_end(
    server: ChatServer,
) -> None:
    server.script = lambda seen: in_chinese(seen, delay=0.3)
    status, out, shown = on_a_terminal("build", "--model", "m", OPENAI_BASE_URL=server.url)
    assert status == 0
    assert "attempt 1 of 3: openai-compatible designs the world" in shown
    hidden, cleared, visible = (f"{ESCAPE}[{code}" for code in ("?25l", "2K", "?25h"))
    assert shown.index(hidden) < shown.index("designs the world") < shown.rindex(visible)
    after = shown[shown.rindex(cleared) :]
    assert without_codes(after).strip() == ""
    assert ESCAPE not in out
    assert out.startswith("The world is admitted")


def test_a_retry_stays_on_the_terminal(server: ChatServer) -> None:
    def busy_once(seen: Seen) -> Answer:
        if len(server.seen) == 1:
            return Answer(503, {"error": {"message": "too busy"}})
        return in_chinese(seen)

    server.script = busy_once
    status, _, shown = on_a_terminal("build", "--model", "m", OPENAI_BASE_URL=server.url)
    assert status == 0
    # The terminal has room for a part of the line alone.
    assert re.search("HTTP 503: too busy[^;]*; .*; trying again in .* s ", _in_one_line(shown))


def _in_one_line(shown: str) -> str:
    return " ".join(shown.split())


def test_json_on_a_terminal_shows_no_progress() -> None:
    status, out, shown = on_a_terminal("build", "--backend", "offline", "--json")
    assert (status, shown) == (0, "")
    assert json.loads(out)["attempts"] == 1


def test_an_error_on_a_terminal_comes_after_the_live_line(server: ChatServer) -> None:
    server.script = lambda seen: Answer(401, {"error": {"message": "no"}})
    status, out, shown = on_a_terminal("build", "--model", "m", OPENAI_BASE_URL=server.url)
    assert (status, out) == (3, "")
    last = without_codes(shown).splitlines()[-1]
    assert last.startswith("openrange: error: openai-compatible (m): HTTP 401: no")


@pytest.mark.parametrize(
    "variables",
    [
        {"LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
        {"LC_ALL": "POSIX", "PYTHONIOENCODING": "ascii"},
        {"PYTHONIOENCODING": "latin-1:strict"},
    ],
)
def test_an_output_that_knows_no_chinese_gets_the_rest(
    server: ChatServer, variables: dict[str, str]
) -> None:
    server.script = in_chinese
    built = subprocess.run(
        [*PROGRAM, "build", "--model", "m", "--output", f"to {WIDE}"],
        env=environment(OPENAI_BASE_URL=server.url, **variables),
        capture_output=True,
        check=False,
    )
    assert built.returncode == 0, built.stderr
    assert b"The world is admitted" in built.stdout
    (file,) = (file for file in files() if file.endswith(".json"))
    assert SnapshotStore().load(file).world["company"] == WIDE
    shown = subprocess.run(
        [*PROGRAM, "inspect", file],
        env=environment(**variables),
        capture_output=True,
        check=False,
    )
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"weakness: " in shown.stdout


def test_text_of_a_file_from_elsewhere_cannot_command_the_terminal() -> None:
    clear = f"{ESCAPE}[2J"
    Path("theirs.toml").write_text(
        '[llm]\nbackend = "openai-compatible"\nbase_url = "http://127.0.0.1:9/v1"\n'
        'max_retries = 0\nmodel = "m\\u001b[2J"\n'
    )
    status, _, shown = on_a_terminal("build", "--config", "theirs.toml")
    assert status == 3
    assert "using the backend openai-compatible (m[2J), because theirs.toml names it" in shown
    assert "openai-compatible (m[2J): connection refused" in shown
    assert clear not in shown
    assert clear not in openrange("backends", "--config", "theirs.toml").out
    Path("bad.yaml").write_text('world: {goal: x, "\\e[2J": y}\npack: {id: webapp}\n')
    status, _, shown = on_a_terminal("build", "bad.yaml")
    assert status == 2
    assert "manifest bad.yaml: world has no key" in shown
    assert ESCAPE not in shown
