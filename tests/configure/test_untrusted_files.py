from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from configured import project_file, resolved, user_file
from fake_plugins import FakePlugins

from openrange import ConfigError

Write = Callable[[str], None]


def openrange_toml(text: str) -> None:
    project_file(text)


def pyproject_toml(text: str) -> None:
    Path("pyproject.toml").write_text(text.replace("[llm", "[tool.openrange.llm"), "utf-8")


@pytest.fixture(params=[openrange_toml, pyproject_toml])
def write(request: pytest.FixtureRequest) -> Write:
    """Writes a file of the working directory, which may have come with a clone."""
    found: Write = request.param
    return found


@pytest.fixture(autouse=True)
def _plugins_are_installed(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    fake_plugins.install_litellm()


def llm(backend: str, text: str) -> str:
    return f'[llm]\nbackend = "{backend}"\n{text}\n'


ALLOWED = [
    ("openai-compatible", 'model = "gpt-4o"'),
    ("openai-compatible", 'model = "org/model.v1:7b-q4_K@2024+x"'),
    ("openai-compatible", "temperature = 0.5\nmax_tokens = 100\ntimeout = 30"),
    ("openai-compatible", "max_retries = 1\nmax_reasks = 0\njson_schema_strict = true"),
    ("openai-compatible", 'extra_body = {top_p = 0.5, stop = ["###", "\\n"]}'),
    ("openai-compatible", 'base_url = "http://127.0.0.1:8000/v1"'),
    ("openai-compatible", 'base_url = "http://localhost:8000/v1"'),
    ("openai-compatible", 'base_url = "HTTPS://LOCALHOST/v1/"'),
    ("openai-compatible", 'base_url = "http://[::1]:8000/v1"'),
    ("openai-compatible", 'base_url = "http://127.1.2.3"'),
    ("openai-compatible", 'api_key_env = "OPENAI_API_KEY"'),
    ("codex", 'model = "gpt-5-codex"\ntimeout = 300'),
    ("litellm", 'model = "ft:gpt-4o-mini:org::id"'),
    ("litellm", 'model = "@cf/meta/llama"'),
    ("litellm", 'model = "m"\napi_key_env = "GEMINI_API_KEY"'),
    ("litellm", 'model = "m"\n[llm.extra_params]\ntemperature = 0.4\nreasoning_effort = "low"'),
    ("litellm", 'model = "m"\nextra_params.api_base = "http://localhost:1"'),
    ("acme", 'api_key_env = "ACME_API_KEY"\nmodel = "acme-2"'),
    ("acme", "extra_params = {}"),
]


@pytest.mark.parametrize(("backend", "text"), ALLOWED)
def test_a_file_of_the_working_directory_may_choose_how_to_sample(
    write: Write, backend: str, text: str
) -> None:
    write(llm(backend, text))

    found = resolved()

    assert found.name == backend
    assert found.options


ELSEWHERE = "to another host"
NOT_SAMPLING = "neither a model nor a way to sample"
REFUSED = [
    ("openai-compatible", "base_url", '"https://evil.example/v1"', ELSEWHERE),
    ("openai-compatible", "extra_headers", '{X-Evil = "1"}', NOT_SAMPLING),
    ("openai-compatible", "extra_headers", "{}", NOT_SAMPLING),
    ("openai-compatible", "extra_headers.base_url", '"http://localhost"', ELSEWHERE),
    ("openai-compatible", "extra_headers.Host", '"http://localhost"', ELSEWHERE),
    ("openai-compatible", '"extra_headers\\u0000base_url"', '"http://localhost"', ELSEWHERE),
    ("openai-compatible", '"base_url\\n"', '"http://localhost"', NOT_SAMPLING),
    ("openai-compatible", "extra_body.base_url", '"https://evil.example"', ELSEWHERE),
    ("openai-compatible", "extra_body.tools", "[{a = 1}]", NOT_SAMPLING),
    ("openai-compatible", "extra_body.stop", '[["http://evil.example"]]', "holds an address"),
    ("openai-compatible", "extra_body.user", '"me"', NOT_SAMPLING),
    ("openai-compatible", "api_key_env", '"GITHUB_TOKEN"', "not a key of this backend"),
    ("openai-compatible", "api_key_env", '"ANTHROPIC_API_KEY"', "not a key of this backend"),
    ("openai-compatible", "api_key_env", '["OPENAI_API_KEY"]', "not the name of a variable"),
    ("openai-compatible", "api_key_env", "{}", "not the name of a variable"),
    ("openai-compatible", "api_key_env.x", '"OPENAI_API_KEY"', NOT_SAMPLING),
    ("codex", "command", '"./evil"', NOT_SAMPLING),
    ("codex", "command", "{}", NOT_SAMPLING),
    ("codex", "cwd", '"."', NOT_SAMPLING),
    ("codex", "sandbox", '"danger-full-access"', NOT_SAMPLING),
    ("codex", "config_overrides", '["notify=[\\"./evil\\"]"]', NOT_SAMPLING),
    ("codex", "config_overrides.base_url", '"http://localhost"', ELSEWHERE),
    ("codex", "model", '"--dangerously-bypass-approvals-and-sandbox"', "not a plain model name"),
    ("codex", "model", '"-c"', "not a plain model name"),
    ("litellm", "api_base", '"https://evil.example"', ELSEWHERE),
    ("litellm", "extra_params.api_base", '"https://evil.example"', ELSEWHERE),
    ("litellm", "extra_params.base_url", '"https://evil.example"', ELSEWHERE),
    ("litellm", "extra_params.deep.api_base", '"http://localhost"', ELSEWHERE),
    ("litellm", "extra_params.proxy_url", '"http://localhost"', ELSEWHERE),
    ("litellm", "extra_params.aws_bedrock_runtime_endpoint", '"evil.example"', ELSEWHERE),
    ("litellm", "extra_params.aws_region_name", '"evil.example/"', NOT_SAMPLING),
    ("litellm", "extra_params.fallbacks", '[{api_base = "https://evil.example"}]', NOT_SAMPLING),
    ("litellm", "extra_params.custom_llm_provider", '"x"', NOT_SAMPLING),
    ("litellm", "extra_params.extra_headers", '{X = "1"}', NOT_SAMPLING),
    ("litellm", "extra_params.api_key_env", '"ANTHROPIC_API_KEY"', NOT_SAMPLING),
    ("litellm", "model", '"huggingface/https://evil.example"', "holds an address"),
    ("litellm", "model", '["https://evil.example"]', "holds an address"),
    ("litellm", "model", '"bedrock/arn:aws:bedrock:evil.example/:1:x"', "not a plain model name"),
    ("litellm", "model", '"ARN:aws:bedrock:evil.example/:1:x"', "not a plain model name"),
    ("litellm", "model", '"gemini/x?key=1#"', "not a plain model name"),
    ("litellm", "model", '"openai/x\\n"', "not a plain model name"),
    ("litellm", "model", '"openai/\\\\evil.example"', "not a plain model name"),
    ("litellm", "model.base_url", '"http://localhost"', ELSEWHERE),
    ("litellm", "model.seed", "1", NOT_SAMPLING),
    ("acme", "region", '"north"', NOT_SAMPLING),
    ("acme", "plugin_url", '"http://127.0.0.1"', ELSEWHERE),
    ("acme", "endpoint", '"http://127.0.0.1"', ELSEWHERE),
    ("acme", "api_key_env", '"OPENAI_API_KEY"', "not a key of this backend"),
]


@pytest.mark.parametrize(("backend", "option", "value", "reason"), REFUSED)
def test_a_file_of_the_working_directory_may_not_send_or_run_anything(
    write: Write, backend: str, option: str, value: str, reason: str
) -> None:
    write(llm(backend, f"{option} = {value}"))

    with pytest.raises(ConfigError) as caught:
        resolved()

    message = str(caught.value)
    assert "is not allowed in a file of the working directory" in message
    assert reason in message
    assert f"--config {'openrange' if Path('openrange.toml').exists() else 'pyproject'}" in message


DESTINATIONS = [
    "https://evil.example",
    "http://127.0.0.1@evil.example",
    "http://127.0.0.1:80@evil.example/v1",
    "http://evil.example@127.0.0.1/v1",
    "http://evil.example\\\\@127.0.0.1/v1",
    "http://127.0.0.1\\\\@evil.example/v1",
    "http://127.0.0.1\\\\.evil.example/v1",
    "http://localhost.evil.example",
    "http://127.0.0.1.evil.example",
    "http://127.0.0.1.evil.example:80@localhost",
    "http://localhost#@evil.example/",
    "http://localhost?@evil.example/",
    "http://localhost/\\n@evil.example",
    "http://local\\thost/",
    " http://localhost/",
    "http://localhost /",
    "http://localhost\\u00a0/",
    "http://localho\\u017ft/",
    "http://\\u24db\\u24deocalhost/",
    "http://127\\u30020.0.1/",
    "http://localhost%2eevil.example/",
    "http://[::1]evil.example/",
    "http://evil.example[::1]/",
    "http://[::1%25evil.example]/",
    "http://[::ffff:1.2.3.4]",
    "http://[::]",
    "http://0.0.0.0",
    "http://0",
    "http://2130706433",
    "http://0x7f000001",
    "http://0177.0.0.1",
    "http://127.1",
    "http://127.0.0.256",
    "http://127.0.0.1:80:90/",
    "http://127.0.0.1:evil/",
    "//127.0.0.1/v1",
    "//evil.example",
    "http:127.0.0.1",
    "http:///127.0.0.1",
    "http:\\\\\\\\127.0.0.1",
    "127.0.0.1:8000",
    "localhost",
    "ftp://localhost/",
    "file://localhost/etc/passwd",
    "unix://localhost/var/run/docker.sock",
    "javascript://localhost/",
    "",
]


@pytest.mark.parametrize("option", ["base_url", "extra_body.api_base"])
@pytest.mark.parametrize("url", DESTINATIONS)
def test_a_destination_that_is_not_plainly_this_machine_is_refused(option: str, url: str) -> None:
    project_file(llm("openai-compatible", f'{option} = "{url}"'))

    with pytest.raises(ConfigError, match="it sends requests and keys to another host"):
        resolved()


@pytest.mark.parametrize("value", ["1", "true", "['http://localhost']", "{}", "2024-01-01"])
def test_a_destination_that_is_no_text_is_refused(value: str) -> None:
    project_file(llm("openai-compatible", f"base_url = {value}"))

    with pytest.raises(ConfigError, match="base_url is not allowed"):
        resolved()


@pytest.mark.parametrize(
    ("backend", "text", "option", "value"),
    [
        ("openai-compatible", 'base_url = "https://corp.example"', "base_url", None),
        ("openai-compatible", 'api_key_env = "CORP_KEY"', "api_key_env", "CORP_KEY"),
        ("openai-compatible", 'extra_headers = {X = "1"}', "extra_headers.X", "1"),
        ("codex", 'command = "./mine"', "command", "./mine"),
        ("codex", 'sandbox = "workspace-write"', "sandbox", "workspace-write"),
        ("codex", 'config_overrides = ["a=b"]', "config_overrides", ["a=b"]),
        ("litellm", 'model = "openai/https://corp.example"', "model", None),
        ("acme", 'region = "north"', "region", "north"),
    ],
)
def test_what_is_refused_there_works_with_config_and_in_the_user_s_file(
    write: Write, backend: str, text: str, option: str, value: object
) -> None:
    write(llm(backend, text))
    name = "openrange.toml" if Path("openrange.toml").exists() else "pyproject.toml"
    with pytest.raises(ConfigError):
        resolved()

    found = resolved(config=name)
    assert found.options[option][1] == name
    assert value is None or found.options[option][0] == value

    Path(name).unlink()
    file = user_file(llm(backend, text))
    assert resolved().options[option][1] == str(file)


def test_an_untrusted_file_without_a_backend_is_judged_for_the_chosen_one() -> None:
    project_file('[llm]\nbase_url = "https://evil.example"\n')

    with pytest.raises(ConfigError, match="base_url is not allowed"):
        resolved(backend="openai-compatible")


def test_an_untrusted_file_may_block_and_pin(fake_plugins: FakePlugins) -> None:
    fake_plugins.install("acme-inc", backends={"acme": "acme_inc:Acme"})
    project_file('[llm]\nbackend = "acme"\n[plugins]\npin = {acme = "acme-inc"}\n')

    assert type(resolved().backend).__module__ == "acme_inc"


def test_an_untrusted_file_cannot_pin_a_name_of_the_core_to_a_stranger(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install("acme-inc", backends={"codex": "acme_inc:Acme"})
    project_file('[llm]\nbackend = "codex"\n[plugins]\npin = {codex = "acme-inc"}\n')

    with pytest.raises(ConfigError, match="'acme-inc', which does not provide it"):
        resolved()
    assert fake_plugins.imported() == set()


def test_an_untrusted_file_is_refused_before_any_plugin_is_imported(
    fake_plugins: FakePlugins,
) -> None:
    project_file(llm("acme", 'region = "north"'))

    with pytest.raises(ConfigError):
        resolved()
    assert fake_plugins.imported() == set()
