"""A model or a provider that was named is asked, or the error says what to set for it."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from command_line import openrange
from fake_plugins import FakePlugins
from known_names import FILE, known_names

import openrange as package
from openrange import BackendNotFoundError, ConfigError, LLMBackendError
from openrange.configure.layers import command_layer, read_layers
from openrange.configure.resolver import Choice, choose
from openrange.plugins.providers import known_providers
from openrange.testing.chat_server import Answer, ChatServer, completion


@pytest.fixture
def litellm(fake_plugins: FakePlugins) -> FakePlugins:
    fake_plugins.install_litellm()
    return fake_plugins


def chosen(backend: str | None = None, model: str | None = None) -> Choice:
    return choose(read_layers(command_layer(backend, model)))


def model_of(choice: Choice) -> object:
    return choice.options[("model",)][0]


def test_what_the_core_knows_is_what_the_plugin_s_table_says() -> None:
    assert json.loads(FILE.read_text("utf-8")) == known_names()


@pytest.mark.parametrize("way", ["file", "variable", "option"])
@pytest.mark.parametrize(
    ("model", "words"),
    [
        ("gpt-4o", "no key: set OPENAI_API_KEY"),
        ("openai/gpt-4o", "no key: set OPENAI_API_KEY"),
        ("my-model", "no key is set to ask it with: set OPENAI_API_KEY, or OPENAI_BASE_URL"),
        ("anthropic/claude-sonnet-4-6", "no key for anthropic: set ANTHROPIC_API_KEY"),
        ("claude-sonnet-4-6", "no key for anthropic: set ANTHROPIC_API_KEY"),
    ],
)
def test_a_named_model_is_never_dropped(
    way: str, model: str, words: str, fake_plugins: FakePlugins
) -> None:
    arguments, variables = [], {}
    if way == "file":
        Path("openrange.toml").write_text(f'[llm]\nmodel = "{model}"\n')
    elif way == "variable":
        variables["OPENRANGE_MODEL"] = model
    else:
        arguments = ["--model", model]
    done = openrange("build", *arguments, **variables)
    assert done.status == 2
    assert words in done.complaint
    assert not Path("snapshots").exists()


def test_a_provider_in_front_of_a_model_chooses_the_backend(
    litellm: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-one")
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-two")
    found = chosen(model="anthropic/claude-sonnet-4-6")
    assert (found.name, found.variable) == ("litellm", "ANTHROPIC_API_KEY")
    assert model_of(found) == "anthropic/claude-sonnet-4-6"
    found = chosen(model="openai/gpt-4o")
    assert (found.name, model_of(found)) == ("openai-compatible", "gpt-4o")
    found = chosen(model="claude-sonnet-4-6")
    assert (found.name, model_of(found)) == ("litellm", "anthropic/claude-sonnet-4-6")
    found = chosen(model="no-such-provider/model")
    assert (found.name, model_of(found)) == ("openai-compatible", "no-such-provider/model")


def test_a_server_of_the_user_s_own_gives_its_models_any_name(
    litellm: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:8000/v1")
    for model in ("meta-llama/Llama-3", "anthropic/claude", "openai/gpt-oss-20b", "gpt-4o"):
        found = chosen(model=model)
        assert (found.name, model_of(found)) == ("openai-compatible", model)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-two")
    assert chosen(model="anthropic/claude").name == "litellm"


@pytest.mark.parametrize("variable", ["OPENAI_BASE_URL", "OPENAI_API_BASE"])
def test_openai_s_own_address_is_no_server_of_the_user_s(
    variable: str, litellm: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(variable, "https://api.openai.com/v1/")
    assert chosen().name == "offline"
    monkeypatch.setenv("ANTHROPIC_API_KEY", "sk-two")
    assert chosen().name == "litellm"
    monkeypatch.setenv(variable, "http://127.0.0.1:8000/v1")
    assert (chosen().name, chosen().variable) == ("openai-compatible", variable)


def test_the_older_name_of_the_base_url_is_asked(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(document=completion("Lisbon."))
    monkeypatch.setenv("OPENAI_API_BASE", server.url)
    found = package.resolve_backend(model="m")
    assert found.complete(package.LLMRequest("Where?")).text == "Lisbon."


@pytest.mark.parametrize(
    ("provider", "backend", "model"),
    [
        ("openai", "openai-compatible", None),
        ("anthropic", "litellm", "anthropic/claude-sonnet-4-6"),
        ("groq", "litellm", "groq/openai/gpt-oss-120b"),
        ("ollama", "litellm", "ollama/llama3.1"),
    ],
)
def test_a_provider_s_name_stands_for_its_backend(
    provider: str, backend: str, model: str | None, litellm: FakePlugins
) -> None:
    found = chosen(provider)
    assert found.name == backend
    assert found.options.get(("model",), (None, ""))[0] == model
    own = "m" if provider == "openai" else f"{provider}/m"
    assert model_of(chosen(provider, "m")) == own
    assert model_of(chosen(provider, f"{provider}/m")) == own


def test_a_provider_without_its_plugin_gets_the_line_that_installs_it(
    fake_plugins: FakePlugins,
) -> None:
    with pytest.raises(BackendNotFoundError, match=r"pip install \. \./src/openrange-litellm"):
        chosen("groq")


def test_a_misspelled_provider_is_a_near_miss() -> None:
    with pytest.raises(BackendNotFoundError, match="did you mean 'groq'"):
        package.resolve_backend("gorq")


def test_a_backend_of_a_stranger_may_have_a_provider_s_name(fake_plugins: FakePlugins) -> None:
    value = "openrange_groq_of_acme:Acme"
    fake_plugins.install("openrange-groq", backends={"groq": value})
    assert chosen("groq").name == "groq"


def test_a_stranger_s_key_may_stand_for_models_of_any_provider(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme()
    monkeypatch.setenv("ACME_API_KEY", "sk-acme")
    assert chosen(model="openai/gpt-oss-20b").name == "acme"


def test_a_key_without_a_default_model_is_named(
    litellm: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REKA_API_KEY", "sk-one")
    found = chosen()
    assert found.name == "offline"
    assert "REKA_API_KEY is set: name a model, --model reka/" in found.why


def test_from_python_a_model_or_a_provider_does_for_a_backend() -> None:
    for given in ({"llm": "gpt-4o"}, {"model": "gpt-4o"}, {"llm": "openai"}):
        with pytest.raises(LLMBackendError, match="set OPENAI_API_KEY"):
            package.build(**given)
    with pytest.raises(BackendNotFoundError, match="did you mean 'offline'"):
        package.build(llm="ofline")
    with pytest.raises(ConfigError, match="give this one its model itself"):
        package.build(llm=package.OfflineBackend(), model="gpt-4o")


def test_a_model_goes_to_the_server_that_is_named(
    server: ChatServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.script = lambda seen: Answer(401)
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)
    with pytest.raises(LLMBackendError):
        package.build(model="anthropic/claude")
    assert server.seen[0].body["model"] == "anthropic/claude"


def test_every_provider_s_default_model_is_its_own() -> None:
    for provider in known_providers().values():
        if provider.model is not None:
            assert provider.model.startswith(f"{provider.name}/")
