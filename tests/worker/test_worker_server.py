from __future__ import annotations

import pytest
from openrange_litellm import LiteLLMBackend
from provider_replies import SECRET

from openrange import LLMBackendError, LLMRequest
from openrange.testing.chat_server import Answer, ChatServer

PLAIN = LLMRequest("Where?", system="Be brief.")


def backend(server: ChatServer) -> LiteLLMBackend:
    return LiteLLMBackend("openai/anything", api_base=server.url, max_retries=0)


def test_a_plain_completion_over_a_real_connection(server: ChatServer) -> None:
    assert backend(server).complete(PLAIN).text == "plain text"
    (seen,) = server.seen
    assert (seen.method, seen.path) == ("POST", "/v1/chat/completions")
    assert [message["role"] for message in seen.messages] == ["system", "user"]


def test_a_server_of_ones_own_needs_no_key_and_is_sent_none(server: ChatServer) -> None:
    backend(server).complete(PLAIN)
    assert server.seen[0].headers["Authorization"] == "Bearer none"


def test_a_model_in_a_local_server_of_another_kind(server: ChatServer) -> None:
    llm = LiteLLMBackend("hosted_vllm/anything", api_base=server.url)
    assert llm.complete(PLAIN).text == "plain text"
    assert server.seen[0].body["model"] == "anything"


@pytest.mark.parametrize(
    "model", ["openai/m", "azure/m", "deepinfra/m", "groq/m", "mistral/m", "ollama/m", "zai/m"]
)
@pytest.mark.parametrize("status", [408, 429, 500, 503])
def test_no_retries_means_one_request_on_the_wire(
    model: str, status: int, server: ChatServer
) -> None:
    server.script = lambda seen: Answer(status, {"error": {"message": "Bad day."}})
    llm = LiteLLMBackend(model, SECRET, api_base=server.url, max_retries=0)
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(PLAIN)
    assert caught.value.status == status
    assert len([seen for seen in server.seen if not seen.path.endswith("/api/show")]) == 1
