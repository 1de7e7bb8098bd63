from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import threading
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import PROGRAM, SIGNALLED, environment, files, openrange
from plugin_on_path import provide

from openrange.testing.chat_server import Answer, ChatServer, Seen, completion

KEYS = ["type", "message", "backend", "status", "retryable"]


def refuse(status: int, message: str) -> Callable[[object], Answer]:
    return lambda seen: Answer(status, {"error": {"message": message, "type": "t"}})


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("build", "bad.yaml"), "manifest bad.yaml: mode must be 'simulation', not 'real'"),
        (("build", "garbage.yaml"), "manifest garbage.yaml: not valid YAML or JSON"),
        (("build", "nowhere.yaml"), "manifest nowhere.yaml: No such file or directory"),
        (("build", "folder"), "manifest folder: Is a directory"),
        (("build", "deep.yaml"), "manifest deep.yaml: nested deeper than 64 levels"),
        (("build", "pack.yaml"), "there is no pack 'webap'"),
        (("build", "option.yaml"), "has no class 'xss'; it takes broken_function_authorization"),
        (("build", "--backend", "ofline"), "did you mean 'offline'"),
        (("build", "--backend", "litellm-x"), "there is no backend 'litellm-x'"),
        (("build", "--backend", ""), "backend"),
        (("build", "--bakend", "offline"), "No such option"),
        (("build", "-o", "model"), "-o 'model': expected KEY=VALUE"),
        (("build", "-o", "=x"), "expected KEY=VALUE"),
        (("build", "--backend", "offline", "-o", "tempreature=1"), "has no option 'tempreature'"),
        (("build", "--backend", "openai-compatible", "-o", "tempreature=1"), "'temperature'"),
        (("build", "--backend", "openai-compatible", "-o", "timeout=soon"), "timeout must be"),
        (("build", "--backend", "openai-compatible", "-o", "api_key=sk-1"), "api_key_env"),
        (("build", "--backend", "openai-compatible"), "no key: set OPENAI_API_KEY"),
        (("build", "--backend", "openai-compatible", "-o", "base_url=ftp://x"), "http or https"),
        (("build", "--max-repairs", "-1"), "Invalid value for '--max-repairs'"),
        (("build", "--max-repairs", "many"), "Invalid value for '--max-repairs'"),
        (("build", "--seed", "1.5"), "Invalid value for '--seed'"),
        (("build", "a", "b"), "unexpected extra argument"),
        (("build", "--config", "nowhere.toml"), "nowhere.toml does not exist"),
        (("build", "--config", "garbage.yaml"), "garbage.yaml: not valid TOML"),
        (("bild",), "No such command 'bild'"),
        (("inspect",), "Missing argument 'SNAPSHOT'"),
        (("packs", "--jsn"), "No such option"),
        (("--nosuch",), "No such option"),
    ],
)
def test_bad_usage_manifest_or_configuration_ends_with_2(
    arguments: tuple[str, ...], words: str
) -> None:
    least = "world: {goal: x}\npack: {id: webapp"
    for name, text in (
        ("bad.yaml", least + "}\nmode: real\n"),
        ("garbage.yaml", "\x00\x01 {{{"),
        ("deep.yaml", "[" * 900 + "]" * 900 + " # YAML"),
        ("pack.yaml", "world: {goal: x}\npack: {id: webap}\n"),
        ("option.yaml", least + ", options: {weaknesses: [xss]}}\n"),
    ):
        Path(name).write_text(text)
    Path("folder").mkdir()
    before = files()
    done = openrange(*arguments)
    assert words in done.complaint
    assert (done.status, done.out) == (2, "")
    assert "sk-1" not in done.err
    assert files() == before


def test_a_server_that_is_not_there_ends_with_3() -> None:
    done = openrange("build", "-o", "max_retries=0", OPENAI_BASE_URL="http://127.0.0.1:9/v1")
    assert done.status == 3
    assert "nothing listens at 127.0.0.1:9" in done.complaint
    assert files() == []


def test_a_retry_is_announced(server: ChatServer) -> None:
    server.script = refuse(503, "too busy")
    command = ("build", "--model", "m", "-o", "max_retries=1")
    done = openrange(*command, OPENAI_BASE_URL=server.url)
    assert done.status == 3
    assert "HTTP 503: too busy" in done.complaint
    assert done.err.count("; trying again in ") == 1
    assert len(server.seen) == 2


def test_a_key_that_is_wrong_ends_with_3_and_shows_in_nothing(server: ChatServer) -> None:
    server.script = refuse(401, "Incorrect API key provided: sk-wrong-key-1234")
    variables = {"OPENAI_API_KEY": "sk-wrong-key-1234", "OPENAI_BASE_URL": server.url}
    done = openrange("build", "--model", "m", **variables)
    assert done.status == 3
    assert "HTTP 401: Incorrect API key provided" in done.complaint
    assert "OPENAI_API_KEY" in done.complaint
    as_json = openrange("build", "--model", "m", "--json", **variables)
    assert (as_json.status, as_json.err) == (3, "")
    error = as_json.document["error"]
    assert list(as_json.document) == ["error"]
    assert list(error) == KEYS
    assert error["type"] == "LLMBackendError"
    assert error["message"] == done.complaint
    assert (error["backend"], error["status"]) == ("openai-compatible", 401)
    assert error["retryable"] is False
    assert "sk-wrong" not in done.out + done.err + as_json.out
    assert files() == []


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (Answer(document=completion("I would rather not.")), "not JSON"),
        (Answer(document=completion('{"company": 5}')), "does not conform to the schema"),
        (Answer(document=completion("{", finish_reason="length")), "cut off"),
        (Answer(document=completion(None, refusal="No.")), "the model refused: No."),
        (Answer(raw=b"<html>Welcome</html>"), "answered with a page: 'Welcome'"),
        (Answer(429, {"error": {"message": "slow down"}}, {"Retry-After": "9999"}), "HTTP 429"),
    ],
)
def test_a_backend_that_fails_ends_with_3(server: ChatServer, answer: Answer, words: str) -> None:
    server.script = lambda seen: answer
    done = openrange("build", "--model", "m", OPENAI_BASE_URL=server.url)
    assert words in done.complaint
    assert done.complaint.startswith("openai-compatible (m): ")
    assert (done.status, done.out) == (3, "")
    assert files() == []


def test_a_world_that_is_never_admitted_ends_with_4() -> None:
    code = (
        "from sabotage import SabotagedPack\n"
        "class Made(SabotagedPack):\n"
        "    id = 'leaky'\n"
        "    def __init__(self):\n"
        "        super().__init__('leaks on a page', 'base64', '/robots.txt')\n"
    )
    path = provide("leaky", "openrange.packs", "leaky", code)
    Path("m.yaml").write_text("world: {goal: x}\npack: {id: leaky}\n")
    before = files()
    command = ("build", "m.yaml", "--backend", "offline", "--max-repairs", "1")
    done = openrange(*command, PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1")
    problem = "crawl: a plain crawl (anonymous) finds the flag at /robots.txt"
    assert done.status == 4
    assert done.complaint == (
        f"no world was admitted in 2 attempts (attempt 1: {problem}; attempt 2: {problem})"
    )
    assert done.err.count(f"not admitted: {problem}\n") == 2
    as_json = openrange(*command, "--json", PYTHONPATH=path, PYTHONDONTWRITEBYTECODE="1")
    assert as_json.status == 4
    assert as_json.document["error"] == {
        "type": "AdmissionError",
        "message": done.complaint,
        "backend": "offline",
        "status": None,
        "retryable": False,
    }
    assert files() == before


def test_a_backend_that_cannot_be_imported_ends_with_2_and_harms_no_other() -> None:
    path = provide("acme_llm", "openrange.backends", "acme", "import nosuchmodule\n")
    done = openrange("build", "--backend", "acme", PYTHONPATH=path)
    assert done.status == 2
    assert "acme_llm 1.0 cannot be imported (ModuleNotFoundError" in done.complaint
    assert openrange("build", "--backend", "offline", PYTHONPATH=path).status == 0
    Path("openrange.toml").write_text('[plugins]\nblock = ["acme"]\n')
    blocked = openrange("build", "--backend", "acme", PYTHONPATH=path)
    assert (blocked.status, "'acme' is blocked" in blocked.complaint) == (2, True)


def test_a_backend_that_breaks_the_contract_ends_with_3() -> None:
    code = "class Made:\n    def complete(self, request):\n        return {'company': 'Acme'}\n"
    path = provide("acme_llm", "openrange.backends", "acme", code)
    done = openrange("build", "--backend", "acme", PYTHONPATH=path)
    assert done.status == 3
    assert done.complaint.startswith("acme: the backend broke the contract: it returned dict")


@pytest.mark.parametrize(
    "arguments",
    [
        ("build", "--backend", "offline", "--output", "file"),
        ("inspect", "abc"),
        ("inspect", "file"),
    ],
)
def test_anything_else_ends_with_1(arguments: tuple[str, ...]) -> None:
    Path("file").write_text("in the way")
    done = openrange(*arguments)
    assert done.complaint
    assert (done.status, done.out) == (1, "")
    assert files() == ["file"]


@pytest.mark.parametrize(
    ("arguments", "status", "kind"),
    [
        (("build", "--json", "--nosuch"), 2, "UsageError"),
        (("build", "--json", "nowhere.yaml"), 2, "ManifestError"),
        (("build", "--json", "--backend", "ofline"), 2, "BackendNotFoundError"),
        (("build", "--json", "-o", "x"), 2, "ConfigError"),
        (("build", "--json", "--backend", "openai-compatible"), 2, "LLMBackendError"),
        (("inspect", "--json", "abc"), 1, "StoreError"),
    ],
)
def test_a_failure_as_json_is_one_object(
    arguments: tuple[str, ...], status: int, kind: str
) -> None:
    done = openrange(*arguments)
    assert (done.status, done.err) == (status, "")
    error = done.document["error"]
    assert list(error) == KEYS
    assert (error["type"], error["status"], error["retryable"]) == (kind, None, False)
    assert error["message"]
    assert files() == []


@pytest.mark.parametrize("as_json", [False, True])
def test_an_interrupted_build_ends_with_130_at_once_and_leaves_nothing(
    server: ChatServer, as_json: bool
) -> None:
    arrived = threading.Event()

    def never(seen: Seen) -> Answer:
        arrived.set()
        return Answer(delay=600)

    server.script = never
    build = [*PROGRAM, "build", "--model", "m", *(["--json"] if as_json else [])]
    process = subprocess.Popen(
        [*SIGNALLED, *build],
        env=environment(OPENAI_BASE_URL=server.url),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert arrived.wait(60)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130
    assert "Traceback" not in err
    if as_json:
        assert json.loads(out)["error"]["type"] == "Interrupted"
    else:
        assert (out, err.splitlines()[-1]) == ("", "openrange: error: interrupted")
    assert files() == []


def _without_room() -> None:
    resource.setrlimit(resource.RLIMIT_FSIZE, (0, 0))


def test_output_that_cannot_be_written_is_an_error_and_no_traceback() -> None:
    with Path("out.txt").open("wb") as file:
        done = subprocess.run(
            [*PROGRAM, "packs"],
            env=environment(),
            stdout=file,
            stderr=subprocess.PIPE,
            text=True,
            preexec_fn=_without_room,
            check=False,
        )
    assert done.returncode == 1
    assert done.stderr == "openrange: error: cannot write the output: File too large\n"


@pytest.mark.parametrize("command", ["packs", "backends --json", "build --backend offline"])
def test_a_reader_that_goes_away_gets_no_traceback(command: str) -> None:
    read, write = os.pipe()
    os.close(read)
    try:
        done = subprocess.run(
            [*PROGRAM, *command.split()],
            env=environment(),
            stdout=write,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    finally:
        os.close(write)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    assert "Exception" not in done.stderr
    assert "error" not in done.stderr


@pytest.mark.parametrize("closed", [">&-", "2>&-", ">&- 2>&-"])
def test_a_program_without_an_output_does_its_work_all_the_same(closed: str) -> None:
    done = subprocess.run(
        ["sh", "-c", f'exec "$@" {closed}', "sh", *PROGRAM, "build", "--backend", "offline"],
        env=environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0
    assert "Traceback" not in done.stderr
    assert len(list(Path("snapshots").iterdir())) == 1
