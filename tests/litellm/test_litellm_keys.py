from __future__ import annotations

import pytest
import respx
from openrange_litellm import LiteLLMBackend
from provider_replies import OPENAI, PROVIDERS, Provider, anthropic_reply, openai_reply

from openrange import LLMBackendError, LLMRequest

PLAIN = LLMRequest("Where?")
STRAY = "key-of-another-provider-0123456789"
OWN = "own-key-0123456789"


def refusal(llm: LiteLLMBackend) -> str:
    with pytest.raises(LLMBackendError) as caught:
        llm.complete(PLAIN)
    assert caught.value.kind == "not-configured"
    assert caught.value.status is None
    return str(caught.value)


def sent_headers(router: respx.MockRouter) -> dict[str, str]:
    return dict(router.calls.last.request.headers)


@pytest.mark.parametrize(
    ("model", "variable"),
    [
        ("groq/openai/gpt-oss-120b", "GROQ_API_KEY"),
        ("perplexity/sonar-pro", "PERPLEXITYAI_API_KEY"),
        ("deepinfra/openai/gpt-oss-120b", "DEEPINFRA_API_KEY"),
        ("moonshot/kimi-k2.5", "MOONSHOT_API_KEY"),
        ("cerebras/gpt-oss-120b", "CEREBRAS_API_KEY"),
        ("anthropic/claude-sonnet-4-6", "ANTHROPIC_API_KEY"),
        ("claude-sonnet-4-6", "ANTHROPIC_API_KEY"),
        ("gemini/gemini-3.5-flash", "GEMINI_API_KEY"),
        ("together_ai/openai/gpt-oss-120b", "TOGETHERAI_API_KEY"),
        ("nano-gpt/anything", "NANOGPT_API_KEY"),
        ("azure/deployment", "AZURE_API_KEY"),
        ("command-a-03-2025", "COHERE_API_KEY"),
        # LiteLLM alone knows these.
        ("helicone/anything", "HELICONE_API_KEY"),
        ("nadir/anything", "NADIR_API_KEY"),
    ],
)
def test_the_key_of_openai_goes_to_no_other_provider(
    model: str, variable: str, providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", STRAY)
    assert f"set {variable}" in refusal(LiteLLMBackend(model))
    assert not providers.calls


def test_a_named_token_of_anthropic_is_sent_as_such(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", OWN)
    providers.post().respond(200, json=anthropic_reply("Hi."))
    llm = LiteLLMBackend("anthropic/claude-sonnet-4-6", api_key_env="ANTHROPIC_AUTH_TOKEN")
    llm.complete(PLAIN)
    assert sent_headers(providers)["authorization"] == f"Bearer {OWN}"


@pytest.mark.parametrize("name", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
@pytest.mark.parametrize(
    "model", ["groq/m", "deepinfra/m", "perplexity/m", "lm_studio/m", "litellm_proxy/m", "ai21/m"]
)
def test_the_address_of_openai_redirects_no_other_provider(
    model: str, name: str, providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, "https://elsewhere.example/v1")
    elsewhere = providers.post(host="elsewhere.example").respond(200, json=openai_reply("Hi."))
    providers.post().respond(401, json={"error": {"message": "no"}})
    with pytest.raises(LLMBackendError):
        LiteLLMBackend(model, OWN).complete(PLAIN)
    assert not elsewhere.called
    assert not [call for call in providers.calls if call.request.url.host == "api.openai.com"]


@pytest.mark.parametrize("provider", PROVIDERS, ids=str)
def test_a_provider_is_sent_the_key_of_its_own_variable(
    provider: Provider, providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(provider.variable, f" {OWN}\n")
    providers.post().respond(200, json=provider.reply("Hi."))
    LiteLLMBackend(provider.model).complete(PLAIN)
    assert OWN in " ".join(sent_headers(providers).values())


def test_a_named_variable_that_is_not_set_is_not_replaced_by_another(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", OWN)
    assert "set MY_KEY" in refusal(LiteLLMBackend(OPENAI.model, api_key_env="MY_KEY"))
    assert not providers.calls


def test_a_variable_of_another_provider_cannot_be_named(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_API_KEY", STRAY)
    llm = LiteLLMBackend("groq/openai/gpt-oss-120b", api_key_env="ANTHROPIC_API_KEY")
    words = refusal(llm)
    assert "ANTHROPIC_API_KEY does not hold a key of groq; set GROQ_API_KEY" in words
    assert not providers.calls


def test_a_key_of_another_provider_may_go_to_an_address_that_was_given(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GROQ_API_KEY", OWN)
    providers.post(host="api.groq.com").respond(200, json=openai_reply("Hi."))
    base = "https://api.groq.com/openai/v1"
    llm = LiteLLMBackend("openai/gpt-oss-120b", api_base=base, api_key_env="GROQ_API_KEY")
    llm.complete(PLAIN)
    assert sent_headers(providers)["authorization"] == f"Bearer {OWN}"


def test_a_token_of_anthropic_is_sent_as_such(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("ANTHROPIC_AUTH_TOKEN", OWN)
    providers.post().respond(200, json=anthropic_reply(f"You sent {OWN}."))
    result = LiteLLMBackend("anthropic/claude-sonnet-4-6").complete(PLAIN)
    assert sent_headers(providers)["authorization"] == f"Bearer {OWN}"
    assert result.text == "You sent [redacted]."


def test_a_key_of_bedrock_is_sent_there(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("AWS_BEARER_TOKEN_BEDROCK", OWN)
    message = {"role": "assistant", "content": [{"text": "Hi."}]}
    usage = {"inputTokens": 11, "outputTokens": 7, "totalTokens": 18}
    reply = {"output": {"message": message}, "stopReason": "end_turn", "usage": usage}
    providers.post().respond(200, json=reply)
    llm = LiteLLMBackend("bedrock/global.anthropic.claude-sonnet-4-6")
    assert llm.complete(PLAIN).text == "Hi."
    assert sent_headers(providers)["authorization"] == f"Bearer {OWN}"
    assert "bedrock-runtime" in providers.calls.last.request.url.host


def test_credentials_of_aws_sign_the_request(
    providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", STRAY)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "AKIA0123456789")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", OWN)
    providers.post().respond(403, json={"message": "no"})
    with pytest.raises(LLMBackendError) as caught:
        LiteLLMBackend("bedrock/global.anthropic.claude-sonnet-4-6").complete(PLAIN)
    assert caught.value.status == 403
    assert sent_headers(providers)["authorization"].startswith("AWS4-HMAC-SHA256")


def test_ollama_needs_no_key(providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", STRAY)
    reply = {"message": {"role": "assistant", "content": "Hi."}, "done": True, "model": "llama3"}
    providers.post(host="localhost").respond(200, json=reply)
    assert LiteLLMBackend("ollama_chat/llama3").complete(PLAIN).text == "Hi."
    assert STRAY not in str(sent_headers(providers))


def test_a_provider_with_a_login_in_a_browser_is_refused(providers: respx.MockRouter) -> None:
    assert "login in a browser" in refusal(LiteLLMBackend("github_copilot/gpt-4o", OWN))
    assert not providers.calls


def test_a_model_that_litellm_takes_for_another_providers_is_refused(
    providers: respx.MockRouter,
) -> None:
    words = refusal(LiteLLMBackend("azure/mistral-large-latest", OWN))
    assert "would send this to openai instead of azure; set api_base" in words
    assert not providers.calls


def test_a_server_without_an_address_is_refused(providers: respx.MockRouter) -> None:
    words = refusal(LiteLLMBackend("hosted_vllm/anything"))
    assert "set api_base (or HOSTED_VLLM_API_BASE)" in words
    assert not providers.calls


@pytest.mark.parametrize("provider", ["custom_openai", "hosted_vllm", "xinference"])
def test_the_variable_that_is_named_for_an_address_is_read(
    provider: str, providers: respx.MockRouter, monkeypatch: pytest.MonkeyPatch
) -> None:
    variable = f"{provider.upper()}_API_BASE"
    assert f"set api_base (or {variable})" in refusal(LiteLLMBackend(f"{provider}/anything"))
    monkeypatch.setenv(variable, "http://127.0.0.1:8000/v1")
    providers.post("http://127.0.0.1:8000/v1/chat/completions").respond(json=openai_reply("Here."))
    assert LiteLLMBackend(f"{provider}/anything").complete(PLAIN).text == "Here."
