from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import files, openrange
from plugin_on_path import provide

from openrange.testing.chat_server import Answer, ChatServer, completion

KEY = "sk-canary/4+7&0123456789"


@pytest.mark.parametrize("output", ["dangling", "dangling/deeper", "file/deeper", "x" * 300])
def test_a_place_that_can_hold_no_snapshot_is_told_before_a_model_is_asked(
    server: ChatServer, output: str
) -> None:
    server.script = lambda seen: Answer(document=completion("{}"))
    Path("dangling").symlink_to("nowhere")
    Path("file").write_text("")
    before = files()
    done = openrange("build", "--model", "m", "--output", output, OPENAI_BASE_URL=server.url)
    assert done.status == 1
    assert done.complaint.startswith(f"cannot save to {output}: ")
    assert server.seen == []
    assert files() == before


def test_a_sentence_longer_than_any_name_of_a_file_is_told_apart_too() -> None:
    done = openrange("build", "a shop that sells parrots " * 20, "--backend", "offline")
    assert done.status == 2
    assert "did you mean --prompt 'a shop that sells parrots" in done.complaint


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a device of Linux")
def test_a_log_on_a_full_disk_ends_the_build_in_one_sentence() -> None:
    done = openrange("build", "--backend", "offline", "--log", "/dev/full")
    assert done.status == 2
    assert done.complaint == "cannot write the log /dev/full: No space left on device"


def test_a_key_of_any_variable_is_kept_out_of_the_log_and_the_error() -> None:
    code = (
        "import os\n"
        "from dataclasses import dataclass\n"
        "from openrange import LLMBackendError\n"
        "@dataclass(frozen=True, slots=True)\n"
        "class Made:\n"
        "    api_key_env: str = 'ACME_WORD'\n"
        "    def complete(self, request):\n"
        "        word = os.environ['ACME_WORD']\n"
        "        raise LLMBackendError(f'acme: no: {word}', detail=f'{word!r}')\n"
    )
    path = provide("acme_llm", "openrange.backends", "acme", code)
    arguments = ("build", "--backend", "acme", "--log", "build.jsonl")
    done = openrange(*arguments, PYTHONPATH=path, ACME_WORD=KEY)
    assert done.status == 3
    assert done.complaint == "acme: no: [redacted]"
    *_, last = map(json.loads, Path("build.jsonl").read_text("utf-8").splitlines())
    assert last["step"] == "command_failed"
    assert "canary" not in Path("build.jsonl").read_text("utf-8")


def test_a_log_tells_what_was_asked_with_which_schema(server: ChatServer) -> None:
    server.script = lambda seen: Answer(document=completion("no world"))
    url = f"{server.url}/responses"
    arguments = ("build", "--model", "m", "--json", "--log", "build.jsonl")
    done = openrange(*arguments, OPENAI_BASE_URL=url)
    assert done.status == 3
    # Of all that happens, what was mended of the user's own words is shown beside JSON.
    assert done.err == "openai-compatible: /responses is left out of base_url\n"
    logged = list(map(json.loads, Path("build.jsonl").read_text("utf-8").splitlines()))
    asked = next(line for line in logged if line["step"] == "llm_request")
    assert json.loads(asked["schema"])["type"] == "object"
    assert asked["without"] == []


@pytest.mark.parametrize("path", ["C:\\tools\\codex", "C:\\new\\codex", "C:\\Users\\me"])
def test_a_path_of_windows_in_double_quotes_is_told_even_where_it_is_toml(path: str) -> None:
    Path("own.toml").write_text(f'[llm]\nbackend = "codex"\ncommand = "{path}"\n')
    done = openrange("build", "--config", "own.toml")
    assert done.status == 2
    assert "write a Windows path in single ones" in done.complaint
    Path("own.toml").write_text(f"[llm]\nbackend = 'codex'\ncommand = '{path}'\n")
    assert "single ones" not in openrange("build", "--config", "own.toml").err
    Path("own.toml").write_text('[llm]\nmodel = "C:\\\\Users" twice\n')
    assert "single ones" not in openrange("build", "--config", "own.toml").err


@pytest.mark.parametrize(
    ("way", "status", "last"),
    [("os._exit(7)", 7, "attempt_started"), ("raise KeyboardInterrupt", 130, "command_failed")],
)
def test_a_log_holds_what_happened_until_the_end_whatever_that_was(
    way: str, status: int, last: str
) -> None:
    code = f"import os\nclass Made:\n    def complete(self, request):\n        {way}\n"
    path = provide("acme_llm", "openrange.backends", "acme", code)
    arguments = ("build", "--backend", "acme", "--log", "build.jsonl")
    assert openrange(*arguments, PYTHONPATH=path).status == status
    logged = list(map(json.loads, Path("build.jsonl").read_text("utf-8").splitlines()))
    assert [line["step"] for line in logged][:2] == ["backend_chosen", "build_started"]
    assert logged[-1]["step"] == last
