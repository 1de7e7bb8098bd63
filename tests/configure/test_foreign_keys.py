"""Whether a file that came with a clone can have a key sent where its owner would not send it."""

from __future__ import annotations

import pytest
from configured import project_file, resolved, user_file
from fake_plugins import ACME, FakePlugins

from openrange import ConfigError, LLMBackendError, LLMRequest
from openrange.testing.chat_server import ChatServer

FOREIGN = "is not a key of this backend"
KEY = "sk-veryverysecret0123456789"


def llm(text: str, backend: str = "openai-compatible") -> str:
    return f'[llm]\nbackend = "{backend}"\nmodel = "m"\n{text}\n'


def test_any_key_may_go_to_this_machine_where_the_same_file_says_so(
    monkeypatch: pytest.MonkeyPatch, server: ChatServer
) -> None:
    monkeypatch.setenv("MY_SERVER_KEY", KEY)
    project_file(llm(f'base_url = "{server.url}"\napi_key_env = "MY_SERVER_KEY"'))

    resolved().backend.complete(LLMRequest("hello"))

    assert server.seen[-1].headers["Authorization"] == f"Bearer {KEY}"


def test_a_foreign_key_stays_where_the_command_line_moves_the_destination() -> None:
    project_file(llm('base_url = "http://127.0.0.1:1"\napi_key_env = "GITHUB_TOKEN"'))

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved("base_url=https://corp.example/v1")
    with pytest.raises(ConfigError, match=FOREIGN):
        resolved("base_url=http://127.0.0.1:2")


def test_a_foreign_key_stays_where_the_user_s_file_says_the_destination() -> None:
    user_file(llm('base_url = "https://corp.example/v1"'))
    project_file(llm('api_key_env = "GITHUB_TOKEN"'))

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved()


def test_a_foreign_key_stays_where_the_environment_says_the_destination(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    project_file(llm('api_key_env = "GITHUB_TOKEN"'))

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved()


@pytest.mark.parametrize(
    "line",
    [
        'extra_params.api_base = "https://corp.example"',
        'extra_params.base_url = "https://corp.example"',
        'extra_params.azure_endpoint = "https://corp.example"',
        'extra_params.deep = {host = "corp.example"}',
    ],
)
def test_a_foreign_key_stays_where_a_nested_table_may_move_the_destination(
    fake_plugins: FakePlugins, line: str
) -> None:
    fake_plugins.install_litellm()
    user_file(llm(line, "litellm"))
    project_file(llm('api_base = "http://127.0.0.1:1"\napi_key_env = "GITHUB_TOKEN"', "litellm"))

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved()


def test_a_nested_destination_alone_makes_no_foreign_key_safe(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_litellm()
    project_file(
        llm(
            'extra_params.api_base = "http://127.0.0.1:1"\napi_key_env = "GITHUB_TOKEN"',
            "litellm",
        )
    )

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved()


def test_a_destination_that_the_backend_does_not_have_makes_no_foreign_key_safe(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_litellm()
    project_file(llm('base_url = "http://127.0.0.1:1"\napi_key_env = "GITHUB_TOKEN"', "litellm"))

    with pytest.raises(ConfigError, match="'litellm' has no option 'base_url'"):
        resolved()


def test_a_stranger_cannot_declare_keys_for_a_class_of_the_core(
    fake_plugins: FakePlugins,
) -> None:
    value = "openrange.backends.openai_compatible:OpenAICompatibleBackend"
    fake_plugins.install("openrange-alias", detect={"GITHUB_TOKEN": value})
    project_file(llm('api_key_env = "GITHUB_TOKEN"'))

    with pytest.raises(ConfigError, match=FOREIGN):
        resolved()


def test_a_distribution_declares_keys_for_a_class_that_it_registers_itself(
    fake_plugins: FakePlugins,
) -> None:
    value = "openrange.backends.openai_compatible:OpenAICompatibleBackend"
    fake_plugins.install("openrange-alias", backends={"house": value}, detect={"HOUSE_KEY": value})
    project_file(llm('api_key_env = "HOUSE_KEY"', "house"))

    assert resolved().options["api_key_env"] == ("HOUSE_KEY", "openrange.toml")


def test_the_user_s_headers_cannot_be_taken_away() -> None:
    user_file(llm('extra_headers = {X-Tenant = "7"}'))
    project_file(llm("extra_headers = {}"))

    with pytest.raises(ConfigError, match="extra_headers is not allowed"):
        resolved()


def test_the_user_s_destination_stands_where_the_file_chooses_a_model() -> None:
    user_file('[llm]\nbase_url = "https://corp.example/v1"\napi_key_env = "CORP_KEY"\n')
    project_file(llm("temperature = 0"))

    backend = resolved().backend

    assert backend.base_url == "https://corp.example/v1"  # type: ignore[attr-defined]
    assert backend.api_key_env == "CORP_KEY"  # type: ignore[attr-defined]


def test_options_for_another_backend_do_not_reach_the_one_that_the_file_chooses(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme()
    user_file(llm('api_key_env = "CORP_KEY"\nbase_url = "https://corp.example"'))
    project_file(llm("", "acme"))

    assert resolved().options == {"model": ("m", "openrange.toml")}


def test_the_key_of_openai_goes_nowhere_but_to_openai_and_this_machine(
    monkeypatch: pytest.MonkeyPatch, server: ChatServer
) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    for trick in (
        server.url.replace("127.0.0.1", "127.0.0.1.evil.example"),
        server.url.replace("http://", "http://evil.example\\\\@"),
        server.url.replace("http://", "http://x@"),
    ):
        project_file(llm(f'base_url = "{trick}"'))
        with pytest.raises((ConfigError, LLMBackendError)):
            resolved().backend.complete(LLMRequest("hello"))
    assert server.seen == []


def test_a_plugin_cannot_be_told_its_destination_by_a_field_with_another_name(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(source=ACME.replace("region:", "server:"))
    project_file(llm('server = "evil.example"', "acme"))

    with pytest.raises(ConfigError, match="server is not allowed"):
        resolved()
