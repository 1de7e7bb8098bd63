from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from hostile_backends import BACKENDS, Make
from hostile_server import REPLY, HostileServer, Line

from openrange import LLMBackend, LLMBackendError, LLMRequest

PLAIN = LLMRequest("Where?", system="Be brief.")
KEY = "own-key-of-the-provider-0123456789"
OPENAI_SHAPED = ["openai-compatible", "openai/m"]


def kind_of_failure(llm: LLMBackend) -> str:
    try:
        return llm.complete(PLAIN).text
    except LLMBackendError as error:
        return error.kind


def test_the_deadline_holds_inside_of_a_running_event_loop(
    make: Make, hostile: HostileServer
) -> None:
    async def ask() -> str:
        return kind_of_failure(make(hostile.url("drips-the-headers"), api_key=KEY, timeout=0.3))

    started = time.monotonic()
    assert asyncio.run(ask()) == "timeout"
    assert time.monotonic() - started < 30


def test_the_deadline_holds_in_32_threads(make: Make, hostile: HostileServer) -> None:
    slow = ["hangs", "drips-the-status", "drips-the-body", "hangs-in-the-body"]
    backends = [make(hostile.url(name), api_key=KEY, timeout=0.5) for name in slow * 8]
    started = time.monotonic()
    with ThreadPoolExecutor(32) as pool:
        assert [*pool.map(kind_of_failure, backends)] == ["timeout"] * 32
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("backend", OPENAI_SHAPED)
def test_32_threads_are_served_while_others_hang(backend: str, hostile: HostileServer) -> None:
    names = ["hangs", "answers"] * 16
    make = BACKENDS[backend]
    backends = [make(hostile.url(name), api_key=KEY, timeout=2.0) for name in names]
    with ThreadPoolExecutor(32) as pool:
        assert [*pool.map(kind_of_failure, backends)] == ["timeout", "Lisbon."] * 16


@pytest.mark.parametrize("backend", OPENAI_SHAPED)
def test_a_late_reply_is_dropped(backend: str) -> None:
    answered = threading.Event()

    def answer_late(line: Line) -> None:
        line.closing.wait(0.6)
        line.answer(REPLY.replace(b"Lisbon.", b"Late."))
        answered.set()

    with HostileServer(behaviours={"late": answer_late}).running() as server:
        llm = BACKENDS[backend](server.url("late"), api_key=KEY, timeout=0.2)
        assert kind_of_failure(llm) == "timeout"
        server.behaviours["late"] = lambda line: line.answer(REPLY)
        assert llm.complete(PLAIN).text == "Lisbon."


@pytest.mark.parametrize("name", ["hangs", "resets", "closes", "sends-less"])
def test_without_retries_there_is_one_request_on_the_wire(
    name: str, make: Make, hostile: HostileServer
) -> None:
    assert kind_of_failure(make(hostile.url(name), api_key=KEY, timeout=1.0)) != "Lisbon."
    assert len([head for head in hostile.seen if b"/api/show " not in head]) == 1


def test_what_breaks_is_asked_for_again_as_often_as_allowed(
    make: Make, hostile: HostileServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    llm = make(hostile.url("resets"), api_key=KEY, max_retries=2, timeout=20)
    assert kind_of_failure(llm) == "connection"
    assert len([head for head in hostile.seen if b"/api/show " not in head]) == 3


def open_files() -> int:
    return len([*Path("/proc/self/fd").iterdir()])


def threads_of_calls() -> int:
    return len([each for each in threading.enumerate() if each.name == "openrange-llm"])


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        ("hangs", "openai-compatible"),
        ("drips-the-headers", "openai-compatible"),
        ("drips-the-headers", "openai/m"),
        ("hangs", "anthropic/m"),
    ],
)
def test_200_timeouts_leave_neither_threads_nor_connections(name: str, backend: str) -> None:
    # The server's own ends are no part of the count: it lives in a process of its own.
    program = (
        "import sys\n"
        "from hostile_server import HostileServer\n"
        "with HostileServer().running() as server:\n"
        "    print(server.url(sys.argv[1]), flush=True)\n"
        "    sys.stdin.read()\n"
    )
    with subprocess.Popen(
        [sys.executable, "-c", program, name],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    ) as server:
        assert server.stdout is not None
        url = server.stdout.readline().strip()
        llm = BACKENDS[backend](url, api_key=KEY, timeout=0.2)
        kind_of_failure(llm)
        files = open_files()
        with ThreadPoolExecutor(40) as pool:
            assert {*pool.map(kind_of_failure, [llm] * 200)} == {"timeout"}
        ends = time.monotonic() + 5
        while (threads_of_calls() or open_files() > files + 5) and time.monotonic() < ends:
            time.sleep(0.05)
        assert threads_of_calls() == 0
        assert open_files() <= files + 5
        server.communicate()


@pytest.mark.parametrize(
    ("name", "backend"), [("hangs", "openai-compatible"), ("drips-the-headers", "anthropic/m")]
)
def test_a_stuck_call_never_keeps_the_process_from_ending(
    name: str, backend: str, hostile: HostileServer, tmp_path: Path
) -> None:
    program = """
import sys, threading
from hostile_backends import BACKENDS
from openrange import LLMRequest

def ask():
    BACKENDS[sys.argv[1]](sys.argv[2], api_key="k" * 20, timeout=50).complete(LLMRequest("Where?"))

threading.Thread(target=ask, daemon=True).start()
sys.stdin.readline()
print("the end")
"""
    with subprocess.Popen(
        [sys.executable, "-c", program, backend, hostile.url(name)],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        cwd=tmp_path,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        ends = time.monotonic() + 30
        while not hostile.seen and time.monotonic() < ends:
            time.sleep(0.02)
        assert hostile.seen
        said, complaints = process.communicate("go\n", timeout=10)
    assert (process.returncode, said, complaints) == (0, "the end\n", "")
