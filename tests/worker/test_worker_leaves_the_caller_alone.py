from __future__ import annotations

from pathlib import Path

import pytest
from command_line import openrange
from programs import said

from openrange.testing.chat_server import ChatServer

TEN_CALLS = """
import json, logging, os, signal, sys, threading, warnings

logging.getLogger("httpx").setLevel(logging.INFO)
logging.getLogger("mine").addHandler(logging.NullHandler())

def state():
    loggers = [logging.getLogger(name) for name in ("", "asyncio", "httpx", "mine")]
    return (
        dict(os.environ),
        os.getcwd(),
        list(warnings.filters),
        [(x.level, list(x.handlers), list(x.filters), x.propagate) for x in loggers],
        sys.stdin, sys.stdout, sys.stderr, sys.excepthook,
        [signal.getsignal(number) for number in signal.valid_signals()],
    )

from openrange import LLMRequest
from openrange_litellm import LiteLLMBackend

before = state()
llm = LiteLLMBackend("openai/m", api_base=sys.argv[1])
schema = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
for number in range(10):
    llm.complete(LLMRequest("Where?", json_schema=schema if number % 2 else None))
assert state() == before
heavy = ("litellm", "openai", "httpx", "httpx2", "pydantic")
assert not [name for name in sys.modules if name.partition(".")[0] in heavy]
assert threading.enumerate() == [threading.main_thread()]
"""


def test_ten_calls_say_nothing_and_leave_the_process_as_it_was(server: ChatServer) -> None:
    assert said(TEN_CALLS, server.url) == ""
    assert len(server.seen) == 10


def test_importing_the_plugin_and_its_preflight_start_nothing() -> None:
    program = """
import os, sys
before = dict(os.environ)
from openrange.testing.surroundings import watch
events = []
watch(events.append)
from openrange_litellm import LiteLLMBackend
LiteLLMBackend("groq/anything", "key").preflight()
assert "litellm" not in sys.modules
assert dict(os.environ) == before
assert not events, events
"""
    assert said(program) == ""


def test_a_missing_litellm_is_told_by_the_preflight() -> None:
    program = """
import importlib.util
find = importlib.util.find_spec
importlib.util.find_spec = lambda name: None if name == "litellm" else find(name)
from openrange import LLMBackendError
from openrange_litellm import LiteLLMBackend
try:
    LiteLLMBackend("groq/anything", "key").preflight()
except LLMBackendError as error:
    print(error.kind, error)
"""
    words = said(program)
    assert words == "not-configured litellm: LiteLLM is not installed; run: pip install litellm\n"


@pytest.mark.parametrize("command", ["build", "check"])
def test_commands_print_no_warning(command: str, server: ChatServer) -> None:
    (Path.cwd() / "mine.toml").write_text(
        f'[llm]\nbackend = "litellm"\nmodel = "openai/m"\napi_base = "{server.url}"\n'
    )
    arguments = ["build"] if command == "build" else ["backends", "check", "litellm", "--live"]
    run = openrange(*arguments, "--config", "mine.toml", PYTHONWARNINGS="always")
    assert run.status == 0, run
    assert "Warning" not in run.out + run.err
    assert server.seen
