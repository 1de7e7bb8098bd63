"""The worker as a process: how it starts, ends, and is replaced. LiteLLM is a stand-in here."""

from __future__ import annotations

import json
import os
import signal
from pathlib import Path

import pytest
from programs import FAKE_LITELLM, children, comes_true, is_alive, python, said

FAKE = str(FAKE_LITELLM)
BEGIN = """
import os, sys, threading, time
from openrange import LLMBackendError, LLMRequest
from openrange_litellm import LiteLLMBackend, workers

def ask(what, prompt="Where?", **fields):
    fields = {"timeout": 60.0, "max_retries": 0, **fields}
    try:
        llm = LiteLLMBackend(f"openai/{what}", "k" * 20, **fields)
        return llm.complete(LLMRequest(prompt)).text
    except LLMBackendError as error:
        return f"{error.kind} {error.retryable} {error}"

def surroundings(**fields):
    import json
    return json.loads(ask("surroundings", **fields))
"""


def ends_with(program: str, **variables: str) -> list[str]:
    """The lines that a program prints, which asks a LiteLLM that is a stand-in."""
    return said(BEGIN + program, before=FAKE, **variables).splitlines()


def test_calls_of_one_process_share_a_worker_which_ends_with_it() -> None:
    (line,) = ends_with("print(surroundings()['pid'], surroundings()['pid'])")
    one, other = map(int, line.split())
    assert one == other
    assert comes_true(lambda: not is_alive(one))


def test_a_worker_is_in_an_empty_directory_which_goes_with_it() -> None:
    (line,) = ends_with("import json; print(json.dumps(surroundings()))")
    told = json.loads(line)
    assert told["files"] == []
    assert not Path(told["directory"]).exists()


def test_what_a_worker_prints_goes_nowhere() -> None:
    assert ends_with("print(ask('shout'))") == ["done"]


def test_a_worker_that_ends_is_a_broken_connection_and_the_next_call_has_a_new_one() -> None:
    first, second, same = ends_with(
        "pid = surroundings()['pid']; print(ask('end')); print(ask('echo')); "
        "print(surroundings()['pid'] == pid)"
    )
    assert first.startswith("connection True litellm (openai/end): the process in which LiteLLM")
    assert (second, same) == ("Where?", "False")


def test_a_failure_that_cannot_even_be_told_is_an_answer() -> None:
    (line,) = ends_with("print(ask('mute', timeout=20.0))")
    assert line.startswith("error False litellm (openai/mute): LiteLLM failed with TypeError")


def test_a_worker_that_can_start_no_thread_ends_and_is_replaced() -> None:
    *lines, after = ends_with("""
from concurrent.futures import ThreadPoolExecutor
ask("nap", "0")  # so that from now on each call is one request
ask("exhaust")
with ThreadPoolExecutor(8) as pool:
    for line in pool.map(lambda _: ask("nap", "1", timeout=40.0), range(8)):
        print(line)
print(ask("echo"))
""")
    # Those that it had read; the others found a new one. Nobody waited in vain.
    kinds = {line.partition(" ")[0] for line in lines}
    assert "connection" in kinds
    assert kinds <= {"connection", "done"}
    assert after == "Where?"


def test_a_worker_that_is_killed_in_the_middle_of_calls_fails_them_all() -> None:
    lines = ends_with("""
import signal
from concurrent.futures import ThreadPoolExecutor
pid = surroundings()["pid"]
ask("nap", "0")  # so that from now on each call is one request
with ThreadPoolExecutor(8) as pool:
    calls = [pool.submit(ask, "nap", "300") for _ in range(8)]
    while len(next(iter(workers._workers.all))._waiting) < 8:
        time.sleep(0.01)
    os.kill(pid, signal.SIGKILL)
    for call in calls:
        print(call.result())
print(ask("echo"))
""")
    assert len(lines) == 9
    assert all(line.startswith("connection True ") for line in lines[:8])
    assert lines[8] == "Where?"


def test_no_worker_is_left_when_the_caller_is_killed() -> None:
    program = BEGIN + "told = surroundings()\nprint(told['pid'], told['directory'], flush=True)\n"
    with python(program + "ask('sleep')", before=FAKE) as process:
        assert process.stdout is not None
        pid, directory = process.stdout.readline().split()
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        assert comes_true(lambda: not is_alive(int(pid)))
        assert not Path(directory).exists()


def test_no_worker_is_left_although_a_child_of_a_fork_lives_on() -> None:
    program = (
        BEGIN
        + """
pid = surroundings()["pid"]
if (child := os.fork()) == 0:
    os.close(1)
    sys.stdin.readline()
    os._exit(0)
print(pid, child, flush=True)
time.sleep(300)
"""
    )
    with python(program, before=FAKE) as process:
        assert process.stdout is not None
        pid, child = map(int, process.stdout.readline().split())
        os.kill(process.pid, signal.SIGKILL)
        assert comes_true(lambda: not is_alive(pid))
        assert is_alive(child)
        process.communicate("go\n")


def test_both_sides_of_a_fork_ask_a_worker_of_their_own() -> None:
    lines = ends_with("""
sleeping = threading.Thread(target=ask, args=("nap", "1"))
pid = surroundings()["pid"]
sleeping.start()
if os.fork() == 0:
    told = surroundings()
    print("child", ask("echo"), told["pid"] != pid, flush=True)
    os._exit(0)
os.wait()
sleeping.join()
print("parent", ask("echo"), surroundings()["pid"] == pid)
""")
    assert lines == ["child Where? True", "parent Where? True"]


def test_32_threads_with_20_calls_each_get_their_own_answers() -> None:
    (line,) = ends_with("""
from concurrent.futures import ThreadPoolExecutor
def several(name):
    return all(ask("echo", f"{name} {n}") == f"{name} {n}" for n in range(20))
with ThreadPoolExecutor(32) as pool:
    print({*pool.map(several, range(32))})
""")
    assert line == "{True}"


def test_a_call_that_nothing_cuts_is_left_behind_and_its_worker_replaced() -> None:
    lines = ends_with("""
old = surroundings()["pid"]
long = threading.Thread(target=lambda: print("long", ask("nap", "15")))
long.start()
print(ask("sleep", timeout=0.5))
deadline = time.monotonic() + 50
while (pid := surroundings()["pid"]) == old and time.monotonic() < deadline:
    time.sleep(0.1)
print("replaced", pid != old)
long.join()
def is_there():
    try: os.kill(old, 0)
    except ProcessLookupError: return False
    return True
while is_there() and time.monotonic() < deadline:
    time.sleep(0.1)
print("killed", not is_there())
""")
    assert lines[0].startswith("timeout True litellm (openai/sleep): timed out after 0.5 seconds")
    assert lines[1:] == ["replaced True", "long done", "killed True"]


def test_a_worker_is_replaced_although_the_first_that_was_to_replace_it_ended() -> None:
    lines = ends_with("""
import signal
old = surroundings()["pid"]
print(ask("sleep", timeout=0.5))
deadline = time.monotonic() + 50
while not workers._workers.coming and time.monotonic() < deadline:
    surroundings()
    time.sleep(0.05)
(successor,) = workers._workers.coming.values()
os.kill(successor._process.pid, signal.SIGKILL)
while (pid := surroundings()["pid"]) == old and time.monotonic() < deadline:
    time.sleep(0.1)
print("replaced", pid != old)
""")
    assert lines[0].startswith("timeout True ")
    assert lines[1:] == ["replaced True"]


def test_nothing_is_waited_for_at_the_end_of_the_calling_process() -> None:
    program = (
        BEGIN
        + """
threading.Thread(target=ask, args=("sleep",), daemon=True).start()
print(surroundings()["pid"], flush=True)
"""
    )
    with python(program, before=FAKE) as process:
        out, complaints = process.communicate(timeout=30)
    assert (process.returncode, complaints) == (0, "")
    assert comes_true(lambda: not is_alive(int(out)))


@pytest.mark.parametrize(
    ("problem", "words"),
    [
        ("a module is missing", "ImportError: a module is missing"),
        ("ends", "it ended while it started"),
    ],
)
def test_a_litellm_that_cannot_be_imported_is_told(problem: str, words: str) -> None:
    lines = ends_with("print(ask('echo')); print(ask('echo'))", XDG_FAKE_IMPORT=problem)
    for line in lines:
        assert line.startswith("not-configured False litellm (openai/echo): LiteLLM cannot be used")
        assert words in line
        assert line.endswith("install it again: pip install litellm")


def test_a_litellm_that_takes_too_long_to_import_has_an_error_of_its_own() -> None:
    program = "workers.START_SECONDS = 0.5; print(ask('echo'))"
    (line,) = ends_with(program, XDG_FAKE_IMPORT="hangs")
    assert line.startswith("timeout True litellm (openai/echo): LiteLLM was not imported")


def test_the_time_that_a_worker_takes_to_start_is_no_part_of_the_deadline() -> None:
    lines = ends_with("print(ask('echo', timeout=0.3))")
    assert lines == ["Where?"]


@pytest.mark.parametrize("executable", ["", "/dev/null", "/bin/false"])
def test_an_interpreter_that_cannot_be_started_is_told(executable: str) -> None:
    (line,) = ends_with(f"sys.executable = {executable!r}; print(ask('echo'))")
    assert line.startswith("not-configured False litellm (openai/echo): LiteLLM cannot be used: ")


def test_a_worker_asked_from_a_running_event_loop_answers() -> None:
    lines = ends_with("""
import asyncio
async def main():
    return ask("echo")
print(asyncio.run(main()))
""")
    assert lines == ["Where?"]


def test_a_request_or_reply_of_many_megabytes_arrives() -> None:
    lines = ends_with("""
print(len(ask("echo", "x" * 5_000_000)), len(ask("large", "5000000")))
print(ask("echo", "x" * 70_000_000))
""")
    assert lines[0] == "5000000 5000000"
    assert lines[1].startswith("rejected False ")


def test_a_worker_that_takes_nothing_more_does_not_hold_a_call_beyond_its_deadline() -> None:
    lines = ends_with("""
import signal
ask("echo")
os.kill(surroundings()["pid"], signal.SIGSTOP)
print(ask("echo", "x" * 1_000_000, timeout=0.5))
print(ask("echo", timeout=30))
""")
    assert lines[0].startswith("timeout True ")
    assert lines[1] == "Where?"


def test_only_so_many_workers_are_kept() -> None:
    (line,) = ends_with("""
for number in range(6):
    os.environ["OPENAI_PROJECT"] = str(number)
    assert surroundings()["environment"]["OPENAI_PROJECT"] == str(number)
deadline = time.monotonic() + 30
while len(workers._workers.all) > 4 and time.monotonic() < deadline:
    time.sleep(0.05)
print(len(workers._workers.all))
""")
    assert line == "4"


def test_children_of_the_calling_process_are_its_workers_alone() -> None:
    program = BEGIN + "print(surroundings()['pid'], flush=True)\nsys.stdin.readline()\n"
    with python(program, before=FAKE) as process:
        assert process.stdout is not None
        pid = int(process.stdout.readline())
        assert children(process.pid) == [pid]
        process.communicate("go\n")
