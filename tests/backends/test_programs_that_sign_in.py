"""Codex and Claude: whether they are signed in, and options that their release does not know."""

from __future__ import annotations

import json
import os
import sys
from itertools import pairwise
from pathlib import Path

import pytest
from command_line import openrange

from openrange import ClaudeBackend, CodexBackend, LLMBackend, LLMBackendError, LLMRequest

SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
OBJECT = '{"city": "Lisbon"}'
REPLIES = {
    "codex": f"print('{OBJECT}')\nfile = option('--output-last-message')\n"
    f"file and open(file, 'w').write('{OBJECT}')",
    "claude": "print(json.dumps({'type': 'result', 'is_error': False, 'stop_reason': 'end_turn', "
    f"'result': '', 'structured_output': {OBJECT}}}))",
}
SIGNED_OUT = {
    "codex": "if sys.argv[1:] == ['login', 'status']: sys.exit('Not logged in')",
    "claude": "if sys.argv[1:3] == ['auth', 'status']: sys.exit(print('{\"loggedIn\": false}'))",
}
SIGNED_IN = {
    "codex": "if sys.argv[1:] == ['login', 'status']: sys.exit(0)",
    "claude": "if sys.argv[1:3] == ['auth', 'status']: sys.exit(print('{\"loggedIn\": true}'))",
}
NAMES = ["codex", "claude"]


def program(folder: Path, name: str, *body: str) -> Path:
    """An executable of that name, which notes its arguments."""
    file = folder / name
    head = (
        f"#!{sys.executable} -IS\nimport json, os, sys\n"
        "def option(name):\n"
        "    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None\n"
        f"print(json.dumps(sys.argv[1:]), file=open({str(file) + '.log'!r}, 'a'))\n"
    )
    file.write_text("\n".join([head, *body, REPLIES[name]]), "utf-8")
    file.chmod(0o755)
    return file


def runs(file: Path) -> list[list[str]]:
    log = file.with_name(f"{file.name}.log")
    return [json.loads(line) for line in log.read_text("utf-8").splitlines()]


def backend(file: Path) -> LLMBackend:
    kind = CodexBackend if file.name == "codex" else ClaudeBackend
    return kind(command=str(file), timeout=30)


@pytest.mark.parametrize("name", NAMES)
def test_a_program_that_is_not_signed_in_is_not_ready(name: str, tmp_path: Path) -> None:
    program(tmp_path, name, SIGNED_OUT[name])
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    (row,) = openrange("backends", "check", name, PATH=path).out.splitlines()
    assert "not configured: the program is not signed in; sign in with `" in row
    done = openrange("build", "--backend", name, PATH=path)
    assert done.status == 2
    assert "not signed in" in done.complaint


@pytest.mark.parametrize("name", NAMES)
def test_a_program_that_is_signed_in_is_ready(name: str, tmp_path: Path) -> None:
    program(tmp_path, name, SIGNED_IN[name])
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    (row,) = openrange("backends", "check", name, PATH=path).out.splitlines()
    assert row.endswith(" ready")


def test_codex_counts_as_signed_in_where_its_key_is_set(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = program(tmp_path, "codex", SIGNED_OUT["codex"])
    monkeypatch.setenv("CODEX_API_KEY", "sk-canary")
    CodexBackend(str(file)).preflight()
    monkeypatch.delenv("CODEX_API_KEY")
    CodexBackend(str(file), config_overrides=("model_provider=own",)).preflight()
    with pytest.raises(LLMBackendError, match="not signed in"):
        CodexBackend(str(file)).preflight()


def test_claude_is_detected_behind_codex(tmp_path: Path) -> None:
    path = f"{tmp_path}{os.pathsep}{os.environ['PATH']}"
    program(tmp_path, "claude", SIGNED_OUT["claude"])
    assert "A build would take offline" in openrange("backends", PATH=path).out
    program(tmp_path, "claude", SIGNED_IN["claude"])
    out = openrange("backends", PATH=path).out
    assert "A build would take claude, because the claude program is signed in" in out
    program(tmp_path, "codex", SIGNED_IN["codex"])
    key = {"CODEX_API_KEY": "sk-canary"}
    assert "A build would take codex" in openrange("backends", PATH=path, **key).out


@pytest.mark.parametrize(
    ("name", "option", "said"),
    [
        ("codex", "--ephemeral", "error: unexpected argument '--ephemeral' found"),
        ("codex", "--color", "error: unexpected argument '--color' found"),
        ("claude", "--disable-slash-commands", "error: unknown option '--disable-slash-commands'"),
        ("claude", "--no-session-persistence", "error: unknown option '--no-session-persistence'"),
    ],
)
def test_an_option_that_a_release_does_not_know_is_left_out_from_then_on(
    name: str, option: str, said: str, tmp_path: Path
) -> None:
    refuses = f"if {option!r} in sys.argv: sys.exit({said!r})"
    file = program(tmp_path, name, refuses)
    for _ in range(2):
        request = LLMRequest("Which city?", json_schema=SCHEMA)
        assert backend(file).complete(request).parsed_json == {"city": "Lisbon"}
    assert [option in run for run in runs(file)] == [True, False, False]


@pytest.mark.parametrize("name", NAMES)
def test_an_option_that_matters_is_not_left_out(name: str, tmp_path: Path) -> None:
    option = "--sandbox" if name == "codex" else "--tools"
    said = f"error: unknown option '{option}'"
    file = program(tmp_path, name, f"if {option!r} in sys.argv: sys.exit({said!r})")
    with pytest.raises(LLMBackendError, match=f"unknown option '{option}'"):
        backend(file).complete(LLMRequest("Which city?"))
    assert len(runs(file)) == 1


def test_claude_runs_without_tools_settings_and_sessions(tmp_path: Path) -> None:
    file = program(tmp_path, "claude")
    request = LLMRequest("Which city?", "Be brief.", SCHEMA)
    ClaudeBackend(str(file), "opus", timeout=30).complete(request)
    (arguments,) = runs(file)
    given = dict(pairwise(arguments))
    assert (given["--tools"], given["--setting-sources"]) == ("", "")
    assert (given["--system-prompt"], given["--model"]) == ("Be brief.", "opus")
    assert json.loads(given["--json-schema"]) == SCHEMA
    assert "Which city?" not in arguments


@pytest.mark.parametrize(
    ("result", "kind", "words"),
    [
        ({"api_error_status": 401, "result": "Invalid API key"}, "auth", "claude auth login"),
        ({"api_error_status": 529, "result": "API Error: 529 Overloaded."}, "server", "overloaded"),
        ({"result": "Not logged in · Please run /login"}, "auth", "claude auth login"),
        ({"result": "API Error: Connection error."}, "connection", "Connection error"),
        ({"result": "something else"}, "process", "something else"),
    ],
)
def test_a_failure_of_claude_is_judged_by_what_it_says(
    result: dict[str, object], kind: str, words: str, tmp_path: Path
) -> None:
    said = {"type": "result", "is_error": True, "api_error_status": None, **result}
    file = program(tmp_path, "claude", f"print(json.dumps({said!r})); sys.exit(1)")
    with pytest.raises(LLMBackendError) as caught:
        ClaudeBackend(str(file), max_retries=0).complete(LLMRequest("Which city?"))
    assert (caught.value.kind, bool(caught.value.returncode)) == (kind, True)
    assert words in str(caught.value)
