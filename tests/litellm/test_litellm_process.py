from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path


def in_a_new_process(program: str, directory: Path) -> str:
    """What a program prints; it fails the test if it fails, or says a word on standard error."""
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
    run = subprocess.run(
        [sys.executable, "-c", program],
        cwd=directory,
        env=environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert (run.returncode, run.stderr) == (0, "")
    return run.stdout


CHEAP = """
import os, sys
before = dict(os.environ)
from openrange_litellm import LiteLLMBackend
LiteLLMBackend("groq/anything", "key").preflight()
assert "litellm" not in sys.modules
assert "httpx" not in sys.modules
assert dict(os.environ) == before
"""

SILENT = """
import logging, os, socket, sys, warnings

tried = []

def no_network(*arguments, **options):
    # `getaddrinfo(host, port)`, or `connect(self, (host, port))`
    tried.append(arguments[1] if isinstance(arguments[0], socket.socket) else arguments[0])
    raise OSError("no network")

socket.socket.connect = socket.socket.connect_ex = socket.getaddrinfo = no_network
logging.getLogger("httpx").setLevel(logging.INFO)
logging.getLogger("mine").addHandler(logging.NullHandler())

def state():
    names = ("", "asyncio", "httpx", "mine")
    loggers = [logging.getLogger(name) for name in names]
    return (
        dict(os.environ),
        list(warnings.filters),
        [(x.level, list(x.handlers), list(x.filters), x.propagate) for x in loggers],
        sys.stdout, sys.stderr, sys.excepthook,
    )

from openrange import LLMBackendError, LLMRequest
from openrange_litellm import LiteLLMBackend

before = state()
models = "openai/m anthropic/claude-sonnet-4-6 gemini/m cohere/m ollama/m mistral/m".split()
for model in models:
    llm = LiteLLMBackend(model, "key-0123456789", api_base="http://127.0.0.1:9", max_retries=0)
    try:
        llm.complete(LLMRequest("Where?", json_schema={"type": "object"}))
    except LLMBackendError:
        pass
    assert state() == before, model

import litellm

# LiteLLM asks Ollama about a model before it uses it.
assert set(tried) <= {"127.0.0.1", "localhost"}, tried
assert "FROM_A_FILE" not in os.environ
assert all(type(x) is logging.NullHandler for x in logging.getLogger("LiteLLM").handlers)
"""


def test_importing_the_plugin_imports_no_litellm(tmp_path: Path) -> None:
    assert in_a_new_process(CHEAP, tmp_path) == ""


def test_the_first_request_leaves_the_process_as_it_was(tmp_path: Path) -> None:
    (tmp_path / ".env").write_text("FROM_A_FILE=1\nOPENAI_API_KEY=stray\n")
    assert in_a_new_process(SILENT, tmp_path) == ""


def test_a_stuck_request_does_not_keep_the_process_from_ending(tmp_path: Path) -> None:
    program = """
import socket
from openrange import LLMBackendError, LLMRequest
from openrange_litellm import LiteLLMBackend

listening = socket.create_server(("127.0.0.1", 0))
base = f"http://127.0.0.1:{listening.getsockname()[1]}/v1"
llm = LiteLLMBackend("openai/m", api_base=base, timeout=1.0, max_retries=0)
try:
    llm.complete(LLMRequest("Where?"))
except LLMBackendError as error:
    print(error.kind)
"""
    assert in_a_new_process(program, tmp_path) == "timeout\n"
