from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from hostile_backends import BACKENDS, MODELS
from hostile_server import HostileServer

from openrange import LLMRequest
from openrange.testing.chat_server import completion

LARGE = [
    "sends-200-MB",
    "announces-200-MB",
    "sends-200-MB-in-chunks",
    "sends-200-MB-of-an-error",
    "sends-a-gzip-bomb",
    "sends-a-million-lists",
    "sends-a-long-header",
    "sends-endless-headers",
]

# Prints by how many bytes the peak of the process's memory grew in each request, of which the
# first of a backend is not counted.
PROGRAM = """
import json, re, sys
from pathlib import Path
from hostile_backends import BACKENDS
from openrange import LLMBackendError, LLMRequest

def peak(what):
    return int(re.search(what + r":\\s+(\\d+) kB", Path("/proc/self/status").read_text())[1]) * 1024

urls = json.loads(sys.argv[1])
grown = {}
for backend in sys.argv[2:]:
    for name in ("answers", *urls):
        Path("/proc/self/clear_refs").write_text("5")
        before = peak("VmRSS")
        llm = BACKENDS[backend](urls[name], api_key="key-0123456789", timeout=20)
        try:
            llm.complete(LLMRequest("Where?"))
            said = ""
        except LLMBackendError as error:
            said = error.kind
        grown[f"{backend} {name} {said}"] = peak("VmHWM") - before
    del grown[next(key for key in grown if key.startswith(f"{backend} answers"))]
print(json.dumps(grown))
"""


@pytest.mark.parametrize("backends", [["openai-compatible"], [*MODELS]], ids=["core", "plugin"])
def test_no_reply_takes_more_than_64_megabytes(backends: list[str], hostile: HostileServer) -> None:
    urls = {name: hostile.url(name) for name in ["answers", *LARGE]}
    path = os.pathsep.join(filter(None, sys.path))
    run = subprocess.run(
        [sys.executable, "-c", PROGRAM, json.dumps(urls), *backends],
        env={**os.environ, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    grown = json.loads(run.stdout)
    assert len(grown) == len(backends) * len(LARGE)
    assert {name: size for name, size in grown.items() if size > 64_000_000} == {}
    assert not [name for name in grown if name.endswith((" ", " timeout"))]


def test_the_measure_sees_memory(tmp_path: Path) -> None:
    program = PROGRAM.replace('LLMRequest("Where?")', 'LLMRequest("x" * 100_000_000)')
    with HostileServer().running() as server:
        urls = {name: server.url(name) for name in ["answers", "closes"]}
        path = os.pathsep.join(filter(None, sys.path))
        run = subprocess.run(
            [sys.executable, "-c", program, json.dumps(urls), "openai-compatible"],
            env={**os.environ, "PYTHONPATH": path},
            capture_output=True,
            text=True,
            timeout=60,
            check=True,
        )
    (size,) = json.loads(run.stdout).values()
    assert size > 64_000_000


@pytest.mark.parametrize("backend", ["openai-compatible", "openai/m"])
def test_a_long_reply_with_many_commas_is_a_reply(backend: str) -> None:
    text = '"a", [1, 2], {' * 100_000
    reply = json.dumps(completion(text)).encode()
    with HostileServer(behaviours={"long": lambda line: line.answer(reply)}).running() as server:
        llm = BACKENDS[backend](server.url("long"), api_key="key-0123456789", timeout=20)
        assert llm.complete(LLMRequest("Where?")).text == text
