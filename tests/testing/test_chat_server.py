from __future__ import annotations

import http.client
import json
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from command_line import SIGNALLED

from openrange import OpenAICompatibleBackend
from openrange.llm import LLMRequest, violation
from openrange.testing import Answer, ChatServer, Seen, completion

SCHEMA = {
    "type": "object",
    "properties": {"word": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["word", "count"],
    "additionalProperties": False,
}
FORMAT = {"type": "json_schema", "json_schema": {"name": "it", "schema": SCHEMA}}


def post(url: str, body: bytes) -> tuple[int, bytes]:
    """Status and body of what a server answers."""
    request = urllib.request.Request(f"{url}/chat/completions", body)
    try:
        with urllib.request.urlopen(request, timeout=10) as reply:
            return reply.status, reply.read()
    except urllib.error.HTTPError as error:
        return error.code, error.read()


def ask(url: str, **fields: object) -> Any:
    messages = [{"role": "user", "content": "Say something."}]
    status, body = post(url, json.dumps({"messages": messages, **fields}).encode())
    assert status == 200
    return json.loads(body)


def content(document: Any) -> str:
    text: str = document["choices"][0]["message"]["content"]
    return text


@contextmanager
def answering(script: Callable[[Seen], Answer]) -> Iterator[ChatServer]:
    with ChatServer(script).running() as server:
        yield server


def test_it_answers_in_words_and_by_the_schema(server: ChatServer) -> None:
    assert content(ask(server.url)) == "plain text"
    made = json.loads(content(ask(server.url, response_format=FORMAT)))
    assert violation(made, SCHEMA) is None


def test_the_same_conversation_has_the_same_answer(server: ChatServer) -> None:
    texts = {content(ask(server.url, response_format=FORMAT)) for _ in range(3)}
    assert len(texts) == 1


def test_it_lists_one_model(server: ChatServer) -> None:
    with urllib.request.urlopen(f"{server.url}/models", timeout=10) as reply:
        listed = json.loads(reply.read())
    assert [model["id"] for model in listed["data"]] == ["only-model"]


def test_it_remembers_what_arrived(server: ChatServer) -> None:
    OpenAICompatibleBackend(server.url, api_key="sk-any").complete(
        LLMRequest("Ask.", "Be brief.", SCHEMA)
    )
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert seen.headers["Authorization"] == "Bearer sk-any"
    assert [message["role"] for message in seen.messages] == ["system", "user"]
    assert seen.schema == SCHEMA


def test_a_script_decides_status_headers_and_body() -> None:
    answer = Answer(418, {"error": "teapot"}, {"X-Pot": "yes", "Content-Type": "text/tea"})
    with answering(lambda seen: answer) as server, pytest.raises(urllib.error.HTTPError) as info:
        urllib.request.urlopen(f"{server.url}/anything", b"{}", timeout=10)
    assert info.value.code == 418
    assert info.value.headers["X-Pot"] == "yes"
    assert info.value.headers.get_all("Content-Type") == ["text/tea"]
    assert json.loads(info.value.read()) == {"error": "teapot"}


def test_raw_bytes_take_the_documents_place() -> None:
    with answering(lambda seen: Answer(document={}, raw=b"\xff<html>")) as server:
        assert post(server.url, b"{}") == (200, b"\xff<html>")


def test_a_dropped_connection_has_no_answer() -> None:
    with answering(lambda seen: Answer(drop=True)) as server:
        with pytest.raises(http.client.RemoteDisconnected):
            post(server.url, b"{}")
        assert len(server.seen) == 1


def test_a_truncated_body_ends_early() -> None:
    with answering(lambda seen: Answer(document=completion("long"), truncate_to=9)) as server:
        with pytest.raises(http.client.IncompleteRead) as info:
            post(server.url, b"{}")
    assert info.value.partial == b'{"id": "c'


def test_a_drip_comes_whole_in_the_end_and_takes_its_time() -> None:
    with answering(lambda seen: Answer(raw=b"drip drip", drip=0.02)) as server:
        started = time.monotonic()
        assert post(server.url, b"{}") == (200, b"drip drip")
        assert time.monotonic() - started >= 8 * 0.02


def test_a_delay_comes_before_anything_else() -> None:
    with answering(lambda seen: Answer(raw=b"late", delay=0.2)) as server:
        started = time.monotonic()
        assert post(server.url, b"{}") == (200, b"late")
        assert time.monotonic() - started >= 0.2


def test_the_end_of_the_block_does_not_wait_for_a_delay() -> None:
    started = time.monotonic()
    with answering(lambda seen: Answer(delay=60)) as server:
        line = http.client.HTTPConnection(server.origin.partition("//")[2])
        line.request("POST", "/", b"{}")
        while not server.seen:
            time.sleep(0.01)
    line.close()
    assert time.monotonic() - started < 30


def test_a_body_that_is_no_json_is_told() -> None:
    with ChatServer().running() as server:
        status, body = post(server.url, b"{half")
        assert (status, server.seen) == (400, [])
    assert b"the body of the request is no JSON" in body


def test_a_script_that_fails_is_told() -> None:
    with answering(lambda seen: {}["no"]) as server:
        status, body = post(server.url, b"{}")
    assert status == 500
    assert json.loads(body)["error"]["message"] == "the server's script raised KeyError: 'no'"


PROGRAM = [sys.executable, "-m", "openrange.testing.chat_server"]


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize("options", [[], ["--log"]])
def test_the_program_serves_until_it_is_interrupted_or_terminated(
    options: list[str], number: signal.Signals
) -> None:
    with subprocess.Popen(
        [*SIGNALLED, *PROGRAM, *options], stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as program:
        assert program.stdout is not None
        url = program.stdout.readline().strip()
        assert content(ask(url)) == "plain text"
        made = json.loads(content(ask(url, response_format=FORMAT)))
        program.send_signal(number)
        printed, errors = program.communicate(timeout=30)
    assert violation(made, SCHEMA) is None
    assert (program.returncode, errors) == (0, "")
    logged = [json.loads(line) for line in printed.splitlines()]
    assert [line["path"] for line in logged] == ["/v1/chat/completions"] * 2 * len(options)


def test_the_program_says_what_it_is_and_refuses_what_it_does_not_know() -> None:
    def run(option: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run([*PROGRAM, option], capture_output=True, text=True, timeout=60)

    told = run("--help")
    assert (told.returncode, told.stderr) == (0, "")
    assert "usage: python -m openrange.testing.chat_server [-h] [--log]" in told.stdout
    assert "prints its URL" in told.stdout
    refused = run("--lock")
    assert (refused.returncode, refused.stdout) == (2, "")
    assert "--lock" in refused.stderr
