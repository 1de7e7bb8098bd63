from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from command_line import PROGRAM, environment, openrange
from plugin_on_path import provide

from openrange.testing.chat_server import Answer, ChatServer, completion

KEY = "sk-canary/4+7&0123456789"
GOAL = {"world": {"goal": "A small shop."}, "pack": {"id": "webapp"}}


def lines(file: str | Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in Path(file).read_text("utf-8").splitlines()]


def piped(text: str, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(),
        input=text,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("way", ["option", "variable"])
def test_a_log_holds_every_request_and_reply(way: str) -> None:
    given = ["--log", "build.jsonl"] if way == "option" else []
    variables = {} if given else {"OPENRANGE_LOG": "build.jsonl"}
    done = openrange("build", "--backend", "offline", *given, **variables)
    assert done.status == 0, done.err
    logged = lines("build.jsonl")
    steps = [line["step"] for line in logged]
    assert steps[0] == "backend_chosen"
    assert steps[-1] == "snapshot_created"
    asked = next(line for line in logged if line["step"] == "llm_request")
    reply = next(line for line in logged if line["step"] == "llm_reply")
    assert "customer portal of a small company" in asked["prompt"]
    assert json.loads(reply["text"])["company"]
    assert all(line["time"].startswith("20") for line in logged)
    assert Path("build.jsonl").stat().st_mode & 0o077 == 0


def test_a_log_is_continued_and_shows_how_a_build_failed(server: ChatServer) -> None:
    Path("build.jsonl").write_text(json.dumps({"step": "before"}) + "\n")
    said = f"wrong key {KEY} at /?key={quote(KEY, safe='')}"
    server.script = lambda seen: Answer(401, {"error": {"message": said}})
    variables = {"OPENAI_BASE_URL": server.url, "OPENAI_API_KEY": KEY}
    done = openrange("build", "--model", "m", "--log", "build.jsonl", **variables)
    assert done.status == 3
    first, *_, last = lines("build.jsonl")
    assert first == {"step": "before"}
    assert last["step"] == "command_failed"
    assert "HTTP 401" in last["message"]
    assert "canary" not in Path("build.jsonl").read_text("utf-8")


def test_what_is_wrong_before_a_build_stands_in_the_log() -> None:
    done = openrange("build", "--backend", "ofline", "--log", "build.jsonl")
    assert done.status == 2
    (only,) = lines("build.jsonl")
    assert only["step"] == "command_failed"
    assert "ofline" in only["message"]


def test_a_log_that_cannot_be_written_is_told_first() -> None:
    done = openrange("build", "--backend", "offline", "--log", "nowhere/build.jsonl")
    assert (done.status, done.out) == (2, "")
    assert done.complaint == "cannot write the log nowhere/build.jsonl: No such file or directory"


def test_verbose_shows_requests_and_replies_beside_json() -> None:
    done = openrange("build", "--backend", "offline", "-v", "--json")
    assert done.document["backend"] == "offline"
    assert "characters, by structured output" in done.err
    assert "characters came back: {" in done.err


def test_what_is_asked_otherwise_is_shown(server: ChatServer) -> None:
    def script(seen: Any) -> Answer:
        if "stream" in seen.body:
            return Answer(400, {"error": {"message": "Unrecognized request argument: stream"}})
        return Answer(document=completion("no world"))

    server.script = script
    url = f"{server.url}/chat/completions"
    done = openrange("build", "--model", "m", OPENAI_BASE_URL=url)
    assert "/chat/completions is left out of base_url" in done.err
    assert "asks without stream, which is not taken" in done.err
    assert "the reply is not JSON (Expecting value, at character 0): 'no world'" in done.complaint


def test_a_manifest_comes_from_standard_input() -> None:
    done = piped(json.dumps(GOAL), "build", "-", "--backend", "offline", "--json")
    assert done.returncode == 0, done.stderr
    assert json.loads(done.stdout)["snapshot_id"]


def test_a_manifest_that_lacks_something_names_its_file() -> None:
    Path("shop.yaml").write_text("world: {goal: A shop.}\n")
    done = openrange("build", "shop.yaml", "--backend", "offline")
    assert done.complaint == "manifest shop.yaml: pack is missing"
    done_piped = piped("world: {goal: A shop.}", "build", "-", "--backend", "offline")
    assert "manifest from standard input: pack is missing" in done_piped.stderr


def test_a_sentence_in_the_place_of_a_file_is_told_apart() -> None:
    done = openrange("build", "a veterinary clinic", "--backend", "offline")
    assert done.status == 2
    assert "did you mean --prompt 'a veterinary clinic'?" in done.complaint


def test_a_prompt_alone_is_enough_and_says_what_it_adds_to() -> None:
    done = openrange("build", "--prompt", "a veterinary clinic", "--backend", "offline")
    assert done.status == 0
    assert "using the starter manifest: The customer portal" in done.err


@pytest.mark.parametrize(
    ("name", "text", "where"),
    [
        ("m.yaml", "world: {goal: a}\npack: {id: webapp}\nworld: {goal: b}\n", "lines 1 and 3"),
        ("m.yaml", "pack: {id: webapp}\nworld:\n  goal: a\n  goal: b\n", "lines 3 and 4"),
        ("m.yaml", "pack: {id: webapp, options: {a: [{b: 1, b: 2}]}}\n", "line 1"),
        ("m.json", '{"world": {"goal": "a"},\n "world": {"goal": "b"}}', "lines 1 and 2"),
        ("m.json", '{"world": {"goal": "a",\n\n "goal": "b"}}', "lines 1 and 3"),
    ],
)
def test_a_key_that_stands_twice_is_told_with_its_place(name: str, text: str, where: str) -> None:
    Path(name).write_text(text)
    done = openrange("build", name, "--backend", "offline")
    assert done.status == 2
    assert done.complaint.startswith(f"manifest {name}: the key ")
    assert done.complaint.endswith(f" stands twice, in {where}")


def test_the_place_of_snapshots_is_tried_before_a_model_is_asked(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion("{}"))
    Path("taken").write_text("")
    done = openrange("build", "--model", "m", "--output", "taken", OPENAI_BASE_URL=server.url)
    assert done.status == 1
    assert "taken" in done.complaint
    assert server.seen == []
    assert [file.name for file in Path().iterdir()] == ["taken"]


def test_the_options_of_packs_are_data() -> None:
    (pack,) = openrange("packs", "--json").document["packs"]
    assert pack["options"]["weaknesses"]["type"] == "array"
    assert "weaknesses: " in openrange("packs").out


@pytest.mark.parametrize("command", [[], ["backends"]])
def test_no_summary_of_a_command_is_cut(command: list[str]) -> None:
    listed = openrange(*command, "--help", COLUMNS="80").out.partition("Commands:")[2]
    assert listed.strip()
    assert "..." not in listed


def test_a_backend_is_checked_with_a_model_and_options(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion('{"word": "ready"}'))
    arguments = ["--live", "--model", "named", "-o", f"base_url={server.url}", "-o", "timeout=9"]
    done = openrange("backends", "check", "openai-compatible", *arguments)
    assert done.status == 0, done.out
    assert {seen.body["model"] for seen in server.seen} == {"named"}
    # As a build sends them: with a system text, and the second one with a schema.
    assert [seen.messages[0]["role"] for seen in server.seen] == ["system", "system"]
    assert server.seen[1].schema


def test_an_option_needs_the_name_of_the_backend_to_check() -> None:
    done = openrange("backends", "check", "--model", "named")
    assert done.status == 2
    assert "need the NAME of the backend" in done.complaint


def test_a_checked_backend_is_named_once() -> None:
    done = openrange("backends", "check", "openai-compatible")
    (row,) = done.out.splitlines()
    assert row.count("openai-compatible") == 1, row
    fields = (
        "from dataclasses import dataclass\n@dataclass(frozen=True)\nclass Made:\n    model: str\n"
    )
    code = f"{fields}    def complete(self, request):\n        return None\n"
    path = provide("parrot", "openrange.backends", "acme", code)
    done = openrange("backends", "check", "acme", PYTHONPATH=path)
    assert "not configured: needs the option 'model'" in done.out
    assert done.out.count("acme") == 1, done.out


def test_a_key_in_a_found_file_gets_one_piece_of_advice() -> None:
    Path("openrange.toml").write_text('[llm]\napi_key = "sk-canary-0123456789"\n')
    for arguments in ([], ["--config", "openrange.toml"]):
        done = openrange("build", "--backend", "openai-compatible", *arguments)
        assert done.status == 2
        assert "a key must not stand in a file" in done.complaint
        assert "if you trust" not in done.complaint
        assert "canary" not in done.err


def test_a_setting_of_a_found_file_that_is_not_allowed_names_the_users_own() -> None:
    Path("openrange.toml").write_text('[llm]\nbase_url = "https://llm.example/v1"\n')
    done = openrange("build", "--backend", "openai-compatible")
    assert "--config openrange.toml" in done.complaint
    assert "openrange/config.toml" in done.complaint


def test_a_typing_error_in_a_found_file_gets_its_near_miss() -> None:
    Path("openrange.toml").write_text("[llm]\ntemprature = 0.5\n")
    done = openrange("build", "--backend", "openai-compatible")
    assert "did you mean 'temperature'?" in done.complaint


def test_a_path_of_windows_in_toml_says_what_is_meant() -> None:
    Path("own.toml").write_text('[llm]\nbackend = "codex"\ncommand = "C:\\Users\\me\\codex"\n')
    done = openrange("build", "--config", "own.toml")
    assert done.status == 2
    assert "write a Windows path in single ones" in done.complaint
