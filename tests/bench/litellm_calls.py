"""What a call by way of a worker costs, beside LiteLLM in one's own process; and how late it ends.

As a program with a URL, it is LiteLLM in one's own process. What the worker adds to a call is
measured call by call, against the time that `litellm.completion` took inside of it: a package of
that name, which the worker finds first, times the real one.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

from openrange_litellm import LiteLLMBackend, library, workers

from openrange import LLMBackendError, LLMRequest

CALLS, THREADS, ROUNDS = 200, 8, 3
SUPPORT = str(Path(__file__).parents[1] / "support")
SERVE = f"""
import sys
sys.path.insert(0, {SUPPORT!r})
from hostile_server import HostileServer
with HostileServer().running() as server:
    print(server.url(sys.argv[1]), flush=True)
    sys.stdin.read()
"""
TIMED = """
import sys, time
from pathlib import Path
here = str(Path(__file__).parent)
sys.path.remove(here)
del sys.modules["litellm"]
import litellm
real, taken = litellm.completion, []
def completion(*given, **named):
    began = time.perf_counter()
    try:
        return real(*given, **named)
    finally:
        taken.append(time.perf_counter() - began)
        if len(taken) > CALLS:
            Path(here, "seconds").write_text(" ".join(map(str, taken)))
litellm.completion = completion
"""
PLAIN = LLMRequest("Where?")


@contextmanager
def served(behaviour: str) -> Iterator[str]:
    """A server in a process of its own, and its URL."""
    command = [sys.executable, "-c", SERVE, behaviour]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip()
        process.communicate()


def measured(call: Callable[[], object]) -> tuple[float, float]:
    """The median of a call in milliseconds, and calls a second of several threads."""
    for _ in range(10):
        call()
    taken = []
    for _ in range(CALLS):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    began = time.perf_counter()
    with ThreadPoolExecutor(THREADS) as pool:
        for future in [pool.submit(call) for _ in range(CALLS * 2)]:
            future.result()
    return statistics.median(taken) * 1000, CALLS * 2 / (time.perf_counter() - began)


def in_ones_own_process(url: str) -> tuple[float, float]:
    litellm = library.load()
    said = [{"role": "user", "content": "Where?"}]

    def call() -> object:
        return litellm.completion(
            model="openai/m", messages=said, api_base=url, api_key="none", timeout=120.0
        )

    return measured(call)


def beside(url: str) -> list[float]:
    """What each call takes longer than `litellm.completion` inside of its worker, in ms."""
    with TemporaryDirectory() as folder:
        Path(folder, "litellm.py").write_text(f"CALLS = {CALLS}\n{TIMED}", encoding="utf-8")
        sys.path.insert(0, folder)
        llm = LiteLLMBackend("openai/m", api_base=url, timeout=121.0)
        whole = []
        for _ in range(CALLS):
            began = time.perf_counter()
            llm.complete(PLAIN)
            whole.append(time.perf_counter() - began)
        sys.path.remove(folder)
        inside = map(float, Path(folder, "seconds").read_text(encoding="utf-8").split())
        next(inside)  # LiteLLM's own first call, when it is imported
        return [1000 * (all_of_it - its) for all_of_it, its in zip(whole, inside, strict=True)]


def lateness(behaviour: str) -> tuple[float, float]:
    """By how many milliseconds calls with a deadline of 1 s are late: the median, and the most."""
    with served(behaviour) as url:
        llm = LiteLLMBackend("openai/m", api_base=url, timeout=1.0, max_retries=0)

        def call(number: int) -> float:
            began = time.perf_counter()
            try:
                llm.complete(PLAIN)
            except LLMBackendError as error:
                assert error.kind == "timeout", error
            return (time.perf_counter() - began - 1.0) * 1000

        with ThreadPoolExecutor(32) as pool:
            late = [*pool.map(call, range(CALLS))]
    return statistics.median(late), max(late)


def main() -> None:
    rounds = []
    with served("answers") as url:
        added = statistics.median(beside(url)[10:])
        workers.end()
        llm = LiteLLMBackend("openai/m", api_base=url, timeout=120.0)
        command = [sys.executable, "-W", "ignore", __file__, url]
        llm.complete(PLAIN)
        for _ in range(ROUNDS):  # in turn, for a machine's speed drifts
            own = subprocess.run(command, check=True, capture_output=True, text=True).stdout
            rounds.append((*map(float, own.split()), *measured(lambda: llm.complete(PLAIN))))
    alone, throughput, ours, together = map(statistics.median, zip(*rounds, strict=True))
    print(f"{alone:10.2f}  litellm.completion in a process of its own, ms")
    print(f"{ours:10.2f}  LiteLLMBackend.complete by way of a worker, ms")
    print(f"{added:10.2f}  what it adds to litellm.completion in the worker, ms (goal: at most 1)")
    print(f"{throughput:10.0f}  calls a second of {THREADS} threads: litellm.completion")
    print(f"{together:10.0f}  calls a second of {THREADS} threads: LiteLLMBackend.complete")
    for behaviour in ("hangs", "drips-the-body"):
        middle, most = lateness(behaviour)
        what = f"{CALLS} calls with timeout=1, 32 at once, server {behaviour}"
        print(f"{middle:10.0f}  {what}: ms late, median")
        print(f"{most:10.0f}  … the latest of them")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print(*in_ones_own_process(sys.argv[1]))
    else:
        main()
