"""LiteLLM's own proxy: a virtual key, an unknown model, a used-up budget, a dead upstream."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from openrange_litellm import LiteLLMBackend
from other_programs import free_port, running

import openrange
from openrange import LLMBackend, LLMBackendError, LLMRequest, OpenAICompatibleBackend
from openrange.testing.chat_server import ChatServer

VIRTUAL, SPENT, WRONG = "sk-virtual-0123456789", "sk-spent-0123456789", "sk-wrong-0123456789"
SCHEMA: dict[str, object] = {
    "type": "object",
    "properties": {"city": {"type": "string"}},
    "required": ["city"],
    "additionalProperties": False,
}
# Keys of the proxy, as its hook for sign-ins of one's own knows them.
SIGN_IN = f'''
import litellm
from litellm.proxy._types import ProxyException, UserAPIKeyAuth

async def check(request, api_key):
    if api_key == "{SPENT}":
        raise litellm.BudgetExceededError(current_cost=2.0, max_budget=1.0)
    if api_key != "{VIRTUAL}":
        raise ProxyException("Authentication Error, invalid key", "auth_error", "key", 401)
    return UserAPIKeyAuth(api_key=api_key, models=["good", "dead"])
'''
CONFIG = """
model_list:
  - model_name: good
    litellm_params: {{model: openai/upstream, api_base: "{url}", api_key: sk-upstream}}
  - model_name: dead
    litellm_params: {{model: openai/upstream, api_base: "http://127.0.0.1:9/v1", api_key: sk-up}}
general_settings:
  master_key: sk-master-0123456789-abcdefghijklmnop-XYZ
  custom_auth: sign_in.check
litellm_settings: {{num_retries: 0}}
"""


@pytest.fixture(scope="module")
def proxy(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder = tmp_path_factory.mktemp("proxy")
    with ChatServer().running() as upstream:
        (folder / "sign_in.py").write_text(SIGN_IN)
        (folder / "config.yaml").write_text(CONFIG.format(url=upstream.url))
        port = free_port()
        program = Path(sys.executable).with_name("litellm")
        command = [str(program), "--config", "config.yaml", "--port", str(port)]
        command += ["--host", "127.0.0.1"]
        variables = {"PYTHONPATH": str(folder), "LITELLM_LOCAL_MODEL_COST_MAP": "True"}
        with running(command, port, "/health/liveliness", folder, **variables) as origin:
            yield f"{origin}/v1"


@pytest.fixture(params=["openai-compatible", "litellm", "litellm as its proxy"])
def backend(request: pytest.FixtureRequest, proxy: str) -> Iterator[object]:
    def made(model: str = "good", key: str = VIRTUAL) -> LLMBackend:
        if request.param == "openai-compatible":
            return OpenAICompatibleBackend(proxy, model, key, max_retries=0)
        prefix = "openai" if request.param == "litellm" else "litellm_proxy"
        return LiteLLMBackend(f"{prefix}/{model}", key, api_base=proxy, max_retries=0)

    return made  # type: ignore[return-value]


def failure(llm: LLMBackend) -> LLMBackendError:
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(LLMRequest("Which city?", "Be brief.", SCHEMA))
    return caught.value


def test_a_plain_and_a_structured_request(backend: type[LLMBackend]) -> None:
    assert backend().complete(LLMRequest("Say anything.", "Be brief.")).text == "plain text"
    found = backend().complete(LLMRequest("Which city?", "Be brief.", SCHEMA))
    assert found.parsed_json is not None
    assert found.parsed_json.keys() == {"city"}


def test_a_world_is_built(backend: type[LLMBackend]) -> None:
    assert openrange.build(llm=backend()).id


def test_a_wrong_key(backend: type[LLMBackend]) -> None:
    error = failure(backend(key=WRONG))  # type: ignore[call-arg]
    assert (error.kind, error.status) == ("auth", 401)


def test_a_budget_that_is_used_up(backend: type[LLMBackend]) -> None:
    error = failure(backend(key=SPENT))  # type: ignore[call-arg]
    assert (error.kind, error.retryable) == ("rate-limit", False), str(error)
    assert "nothing left" in str(error)


def test_an_unknown_model(backend: type[LLMBackend]) -> None:
    error = failure(backend("no-such-model"))  # type: ignore[call-arg]
    assert error.kind == "rejected", str(error)
    assert "check the model's name" in str(error)


def test_a_dead_upstream(backend: type[LLMBackend]) -> None:
    error = failure(backend("dead"))  # type: ignore[call-arg]
    assert (error.kind, error.retryable) == ("server", True), str(error)


def test_its_only_model_is_not_to_be_guessed(proxy: str) -> None:
    error = failure(OpenAICompatibleBackend(proxy, None, VIRTUAL, max_retries=0))
    assert "name a model: OPENRANGE_MODEL or --model, such as " in str(error)
