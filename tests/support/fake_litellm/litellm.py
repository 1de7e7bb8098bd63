"""A package called `litellm` with as much of its interface as a worker uses, for tests of workers.

What `completion` does is the last part of the model's name.
"""

from __future__ import annotations

import json
import os
import sys
import threading
import time
from pathlib import Path
from typing import Any

import httpx

if problem := os.environ.get("XDG_FAKE_IMPORT"):  # a variable that reaches every worker
    if problem == "hangs":
        time.sleep(300)
    if problem == "ends":
        os._exit(7)
    raise ImportError(problem)

openai_compatible_providers = ["openai"]
suppress_debug_info = False


class MuteError(Exception):
    def __str__(self) -> str:
        raise TypeError("it cannot be told")


def _no_thread(thread: threading.Thread) -> None:
    raise RuntimeError("can't start new thread")


class Response:
    model = "fake"

    def __init__(self, text: str) -> None:
        self.text = text

    def model_dump(self, **options: object) -> dict[str, Any]:
        message = {"role": "assistant", "content": self.text}
        return {"model": self.model, "choices": [{"message": message, "finish_reason": "stop"}]}


def get_llm_provider(model: str, api_base: str | None = None) -> tuple[str, str, None, str | None]:
    provider, _, name = model.partition("/")
    return name, provider, None, api_base


def get_supported_openai_params(model: str, custom_llm_provider: str) -> list[str]:
    return ["response_format", "max_retries"]


def completion_cost(completion_response: Response) -> float:
    return 0.0


def completion(model: str, messages: list[dict[str, str]], **parameters: Any) -> Response:
    said = messages[-1]["content"]
    match model.rpartition("/")[2]:
        case "echo":
            return Response(said)
        case "sleep":  # which nothing cuts
            time.sleep(300)
        case "nap":
            time.sleep(float(said))
        case "mute":
            raise MuteError
        case "exhaust":
            threading.Thread.start = _no_thread  # type: ignore[method-assign]
        case "end":
            os._exit(3)
        case "shout":
            print("shouted to standard output", flush=True)
            print("shouted to standard error", file=sys.stderr, flush=True)
            os.write(1, b"written to file 1\n")
        case "large":
            return Response("x" * int(said))
        case "surroundings":
            told = {
                "environment": dict(os.environ),
                "directory": str(Path.cwd()),
                "files": [str(path) for path in Path.cwd().iterdir()],
                "pid": os.getpid(),
            }
            return Response(json.dumps(told))
        case "ask":
            with httpx.Client(follow_redirects=True) as client:
                answered = client.post(parameters["api_base"], json={"messages": messages})
            return Response(answered.json()["choices"][0]["message"]["content"])
    return Response("done")
