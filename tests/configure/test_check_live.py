from __future__ import annotations

import json
from typing import Any

import pytest
from click.testing import CliRunner, Result
from fake_plugins import ACME, FakePlugins

from openrange.cli.main import openrange
from openrange.configure import check_runner
from openrange.testing.chat_server import Answer, ChatServer, Seen, answer_by_schema, completion

KEY = "sk-veryverysecret0123456789"
ANSWER = 'return LLMResult("hello from acme")'
KEEPS = """
        from openrange.llm.recording import Usage, record

        record(Usage(requests=1, input_tokens=1200, output_tokens=3, cost_usd={cost}), "acme-1")
        parsed = {{"word": "ready"}} if request.json_schema else None
        return LLMResult('{{"word": "ready"}}', parsed)
"""


def run(*arguments: str) -> Result:
    result = CliRunner().invoke(openrange, ["backends", "check", "--live", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def live(name: str) -> Any:
    (found,) = json.loads(run("--json", name).stdout)["backends"]
    assert found["verdict"] == "ready"
    assert [item["request"] for item in found["live"]] == ["plain", "structured"]
    return found["live"]


def reasons(name: str) -> list[str]:
    assert not any(item["ok"] for item in live(name))
    return [item["reason"] for item in live(name)]


def test_each_backend_that_is_ready_answers_two_requests(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    result = run()

    assert result.exit_code == 0, result.output
    rows = {line.split()[0]: line for line in result.output.splitlines()}
    assert "ready; plain request ok, " in rows["openai-compatible"]
    assert (
        "1 request, 11 tokens in, 7 tokens out; structured request ok, "
        in rows["openai-compatible"]
    )
    assert "$" not in rows["openai-compatible"]
    assert "structured request ok" in rows["offline"]
    assert "request" not in rows["codex"]
    posted = [seen for seen in server.seen if seen.method == "POST"]
    assert [seen.schema is None for seen in posted] == [True, False]


def test_the_json_has_what_each_request_took_and_what_is_unknown_is_null(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)

    for item in live("openai-compatible"):
        assert item.pop("seconds") >= 0
        assert item.pop("request")
        usage = item.pop("usage")
        assert item == {"ok": True, "reason": None, "changes": []}
        assert (usage["requests"], usage["input_tokens"], usage["cost_usd"]) == (1, 11, None)


def test_a_request_that_fails_is_told_by_the_error_s_sentence(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(seen: Seen) -> Answer:
        if seen.schema is None:
            return answer_by_schema(seen)
        return Answer(401, {"error": {"message": f"bad key {KEY}"}})

    server.script = refuse
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    monkeypatch.setenv("OPENAI_API_KEY", KEY)

    result = run("openai-compatible")

    assert result.exit_code == 3
    assert "plain request ok" in result.output
    assert "structured request failed: HTTP 401" in result.output
    assert KEY not in result.output + run("--json", "openai-compatible").output
    assert run().exit_code == 3
    assert run("openai-compatible", "codex").exit_code == 2


def test_what_a_server_does_not_take_is_told_with_what_was_asked_instead(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    def picky(seen: Seen) -> Answer:
        if "stream" in seen.body:
            return Answer(400, {"error": {"message": "Unrecognized request argument: stream"}})
        if seen.schema is not None:
            return Answer(400, {"error": {"message": "response_format is not supported"}})
        return Answer(document=completion('{"word": "ready"}'))

    server.script = picky
    monkeypatch.setenv("OPENAI_BASE_URL", f"{server.url}/chat/completions")

    monkeypatch.setenv("OPENRANGE_MODEL", "m")

    row = run("openai-compatible").output
    plain, structured = live("openai-compatible")

    assert (
        "/chat/completions is left out of base_url, asks without stream, which is not taken" in row
    )
    assert "asks by JSON mode instead of structured output" in row
    assert [told["step"] for told in plain["changes"]] == ["llm_mended", "llm_fallback"]
    last = structured["changes"][-1]
    assert (last["step"], last["from"], last["to"]) == ("llm_fallback", "native", "json")


def test_a_cost_is_shown_where_it_is_known(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=ACME.replace(ANSWER, KEEPS.format(cost=0.0031)))
    assert "1,200 tokens in, 3 tokens out, $0.0031" in run("acme").output


def test_a_cost_that_is_unknown_is_not_shown_as_nothing(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=ACME.replace(ANSWER, KEEPS.format(cost=None)))
    assert "1,200 tokens in, 3 tokens out;" in run("acme").output


@pytest.mark.parametrize("number", ["float('nan')", "float('inf')", "-1", "True", "10**400"])
def test_a_number_that_makes_no_sense_is_unknown(fake_plugins: FakePlugins, number: str) -> None:
    body = f"""
        from openrange.llm.recording import Usage, record

        record(Usage(input_tokens={number}, cost_usd={number}))
        return LLMResult("ready", {{"word": "ready"}} if request.json_schema else None)
"""
    fake_plugins.install_acme(source=ACME.replace(ANSWER, body))

    for item in live("acme"):
        assert (item["usage"]["input_tokens"], item["usage"]["cost_usd"]) == (None, None)
    assert run("acme").exit_code == 0


def test_a_backend_that_records_nothing_shows_no_usage(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()

    plain, structured = live("acme")

    assert (plain["ok"], structured["ok"]) == (True, False)
    assert structured["reason"] == "it gave no object, although a schema was given"
    assert "tokens" not in run("acme").output
    assert "0 requests" not in run("acme").output


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (f"raise RuntimeError('{KEY}')", "it raised RuntimeError, and not LLMBackendError"),
        ("raise SystemExit(3)", "it raised SystemExit"),
        ("return 'hello'", "it returned str, and not LLMResult"),
        ("return LLMResult('')", "its text is empty"),
        ("return LLMResult(None)", "its text is empty"),
    ],
)
def test_a_broken_promise_is_told_without_a_stranger_s_words(
    fake_plugins: FakePlugins, body: str, words: str
) -> None:
    fake_plugins.install_acme(source=ACME.replace(ANSWER, body))

    assert all(words in reason for reason in reasons("acme"))
    assert KEY not in run("acme").output


def test_an_object_where_none_was_asked_for_or_that_does_not_conform_breaks_the_promise(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(source=ACME.replace(ANSWER, 'return LLMResult("{}", {})'))

    plain, structured = reasons("acme")

    assert plain == "it gave an object that nobody asked for"
    assert structured == "its object does not conform to the schema"


@pytest.mark.parametrize(
    ("body", "words"),
    [
        ("import os; os._exit(0)", "its answer ends the process (status 0)"),
        ("import time; time.sleep(1000)", "its answer takes longer than 2 seconds"),
    ],
)
def test_a_request_that_ends_or_blocks_the_process_is_a_request_that_failed(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, body: str, words: str
) -> None:
    monkeypatch.setattr(check_runner, "LIVE_SECONDS", 2.0)
    stop = f"if request.json_schema:\n            {body}\n        {ANSWER}"
    fake_plugins.install_acme(source=ACME.replace(ANSWER, stop))

    plain, structured = live("acme")

    assert plain["ok"]
    assert structured == {
        "request": "structured",
        "ok": False,
        "reason": words,
        "seconds": None,
        "usage": {},
        "changes": [],
    }
    assert run("acme").exit_code == 3


def test_nothing_is_sent_without_being_asked_to(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)

    result = CliRunner().invoke(openrange, ["backends", "check", "openai-compatible"])

    assert result.exit_code == 0
    assert server.seen == []
