from __future__ import annotations

import json
import logging
import pickle
import time
import traceback
from collections.abc import Callable
from contextlib import suppress
from urllib.parse import quote

import pytest
from hostile_backends import Make
from hostile_server import OK, HostileServer, Line

from openrange import LLMBackend, LLMBackendError, LLMRequest, LLMResult
from openrange.llm import recording
from openrange.testing.chat_server import completion

KEY = "own-key/of+the=provider-0123456789"
SCHEMA = {"type": "object", "properties": {"city": {"type": "string"}}, "required": ["city"]}

Echo = Callable[[Line], None]


def document(value: object, status: str = "200 OK") -> Echo:
    return lambda line: line.answer(json.dumps(value).encode(), status=status)


def location(target: str) -> Echo:
    return lambda line: line.answer(b"", f"Location: {target}", status="307 Temporary Redirect")


ERROR = {"error": {"message": f"Incorrect API key provided: {KEY}.", "type": "t", "code": KEY}}

# Where a server may repeat the key that it was sent.
ECHOES: dict[str, Echo] = {
    "error": document(ERROR, "401 Unauthorized"),
    "error-to-retry": document(ERROR, "503 Busy"),
    "error-as-success": document(ERROR),
    "error-page": lambda line: line.answer(f"<p>{KEY}</p>".encode(), status="500 Oops"),
    "reason": document({}, f"403 {KEY}"),
    "text": document(completion(f"Your key is {KEY}.")),
    "object": document(completion(json.dumps({"city": KEY}))),
    "wrong-object": document(completion(json.dumps({"city": [KEY]}))),
    "refusal": document(completion(None, refusal=f"Not with {KEY}.")),
    "model": document({**completion("Hi."), "model": KEY}),
    "header": lambda line: line.answer(b"{}", f"X-Key: {KEY}"),
    "encoding": lambda line: line.answer(b"{}", f"Content-Encoding: {KEY}"),
    "url": document({"error": f"GET https://h/v1?key={quote(KEY, safe='')} failed"}, "400 Bad"),
    "redirect": location(f"http://127.0.0.1:1/?key={KEY}"),
    "redirect-loop": location(f"/redirect-loop/?key={quote(KEY, safe='')}"),
    "redirect-to-nowhere": location(f"http://[{KEY}/"),
    "broken-header": lambda line: line.say(OK + f"{KEY}\r\n\r\n".encode()),
    "broken-status": lambda line: line.say(f"{KEY}\r\n\r\n".encode()),
    "broken-body": lambda line: line.say(OK + f"Content-Length: 99\r\n\r\n{KEY}".encode()),
    "hang": lambda line: (line.say(OK + f"X: {KEY}\r\n".encode()), line.hang())[0],
}


def all_of(error: BaseException) -> str:
    """All that somebody who holds an error can print of it, and of whatever it leads to."""
    texts: list[str] = []
    waiting: list[BaseException | None] = [error]
    while waiting:
        current = waiting.pop()
        if current is not None:
            trace = traceback.TracebackException.from_exception(current, capture_locals=True)
            texts += [str(current), repr(current), repr(vars(current)), *trace.format()]
            waiting += [current.__cause__, current.__context__]
    return "\n".join(texts)


def outcome(llm: LLMBackend, request: LLMRequest) -> LLMResult | LLMBackendError:
    try:
        return llm.complete(request)
    except LLMBackendError as error:
        return error


@pytest.fixture
def log(caplog: pytest.LogCaptureFixture) -> pytest.LogCaptureFixture:
    """What every logger of the process says, down to level DEBUG."""
    for name in [None, *logging.root.manager.loggerDict]:
        caplog.set_level(logging.DEBUG, name)
    return caplog


@pytest.mark.parametrize("echo", ECHOES)
def test_no_key_is_seen_anywhere_whatever_the_server_repeats(
    echo: str,
    make: Make,
    log: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(time, "sleep", lambda seconds: None)
    seen: list[str] = []
    timeout = 0.5 if echo == "hang" else 20
    with HostileServer(behaviours=ECHOES).running() as server:
        llm = make(server.url(echo), api_key=KEY, max_retries=int(echo != "hang"), timeout=timeout)
        with recording(lambda *event: seen.append(repr(event))) as recorder:
            for request in (LLMRequest("Where?"), LLMRequest("Where?", json_schema=SCHEMA)):
                result = outcome(llm, request)
                if isinstance(result, LLMBackendError):
                    seen += [all_of(result), repr(pickle.loads(pickle.dumps(result)))]
                seen += [repr(result)]
        seen += [repr(llm), str(llm), repr(recorder)]
        with suppress(pickle.PicklingError):
            seen += [repr(pickle.dumps(llm))]
        assert KEY.encode() in server.seen[0]
    seen += [log.text, *capfd.readouterr()]
    for form in {KEY, quote(KEY, safe=""), quote(KEY), json.dumps(KEY)[1:-1]}:
        assert form not in "\n".join(seen)
