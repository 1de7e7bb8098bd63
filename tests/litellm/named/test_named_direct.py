"""vLLM and llama.cpp's server over Chat Completions, without LiteLLM."""

from __future__ import annotations

import json
from typing import Any

import pytest
from named_shapes import MakeReply, as_response_format, llama_cpp, vllm
from named_wires import PROMPT, SCHEMA, SYSTEM

from openrange import LLMBackendError, LLMRequest, LLMResult
from openrange.backends.openai_compatible import OpenAICompatibleBackend
from openrange.llm import recording
from openrange.testing.chat_server import Answer, ChatServer, Seen

PLAIN = LLMRequest(PROMPT, system=SYSTEM)
STRUCTURED = LLMRequest(PROMPT, system=SYSTEM, json_schema=SCHEMA)
OBJECT = '{"city": "Lisbon"}'
LISBON = LLMResult(OBJECT, {"city": "Lisbon"})

pytestmark = pytest.mark.parametrize("reply", [vllm, llama_cpp])


def answering(server: ChatServer, document: Any) -> OpenAICompatibleBackend:
    def script(seen: Seen) -> Answer:
        return Answer(document=document)

    server.script = script
    return OpenAICompatibleBackend(server.url, "my-model", max_retries=0, max_reasks=0)


def failure(server: ChatServer, document: Any) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        answering(server, document).complete(STRUCTURED)
    return caught.value


def test_a_plain_completion(reply: MakeReply, server: ChatServer) -> None:
    with recording() as recorder:
        assert answering(server, reply("Lisbon.")).complete(PLAIN) == LLMResult("Lisbon.")
    (seen,) = server.seen
    assert seen.path == "/v1/chat/completions"
    assert "Authorization" not in seen.headers
    assert [message["role"] for message in seen.messages] == ["system", "user"]
    assert (recorder.usage.input_tokens, recorder.usage.output_tokens) == (11, 7)


def test_a_structured_completion(reply: MakeReply, server: ChatServer) -> None:
    assert answering(server, reply(OBJECT)).complete(STRUCTURED) == LISBON
    assert as_response_format(server.seen[-1].body) == SCHEMA


@pytest.mark.parametrize(
    ("text", "kind", "words"),
    [
        (None, "empty", "the reply is empty"),
        ("", "empty", "the reply is empty"),
        ("The sea.", "not-json", "not JSON"),
        ('["Lisbon"]', "not-json", "a list"),
        ('{"city": NaN}', "not-json", "NaN"),
        ('{"city": 5}', "nonconforming", "$.city"),
    ],
)
def test_a_broken_reply_is_named(
    reply: MakeReply, text: str | None, kind: str, words: str, server: ChatServer
) -> None:
    error = failure(server, reply(text))
    assert error.kind == kind
    assert words in str(error)


@pytest.mark.parametrize("text", ["", '{"city": "Lis', OBJECT])
def test_a_reply_that_was_cut_off_names_the_limit_to_raise(
    reply: MakeReply, text: str, server: ChatServer
) -> None:
    error = failure(server, reply(text, end="length"))
    assert error.kind == "truncated"
    assert "raise max_tokens" in str(error)


def test_an_object_in_the_reasoning_is_found(reply: MakeReply, server: ChatServer) -> None:
    llm = answering(server, reply("", thought=f"So: {OBJECT}"))
    assert llm.complete(STRUCTURED).parsed_json == LISBON.parsed_json


def test_thoughts_without_an_object_leave_a_reply_empty(
    reply: MakeReply, server: ChatServer
) -> None:
    assert failure(server, reply("", thought="Hm.")).kind == "empty"


def test_an_error_in_the_place_of_a_reply_is_told(reply: MakeReply, server: ChatServer) -> None:
    document = {**reply(""), "choices": [], "error": {"message": "Out of memory"}}
    error = failure(server, document)
    assert error.kind == "server"
    assert "Out of memory" in str(error)


def test_a_refusal_comes_with_the_words_of_the_model(reply: MakeReply, server: ChatServer) -> None:
    document = json.loads(json.dumps(reply(None)))
    document["choices"][0]["message"]["refusal"] = "No, I will not."
    error = failure(server, document)
    assert error.kind == "refused"
    assert "No, I will not." in str(error)
