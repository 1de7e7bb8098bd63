from __future__ import annotations

from pathlib import Path

import pytest
from configured import project_file, resolved, user_file
from fake_plugins import ACME, FakePlugins

from openrange import ConfigError, OpenRangeError, resolve_backend

KEY = "sk-veryverysecret0123456789"


def complaint(*assignments: str, backend: str | None = None, config: Path | None = None) -> str:
    with pytest.raises(OpenRangeError) as caught:
        resolved(*assignments, backend=backend, config=config)
    message = str(caught.value)
    assert KEY not in message
    return message


def in_project_file(text: str) -> Path | None:
    project_file(text)
    return None


def in_config_file(text: str) -> Path | None:
    file = Path("mine.toml")
    file.write_text(text, "utf-8")
    return file


def in_user_file(text: str) -> Path | None:
    user_file(text)
    return None


@pytest.mark.parametrize("write", [in_project_file, in_config_file, in_user_file])
@pytest.mark.parametrize(
    "line",
    [
        f'api_key = "{KEY}"',
        f'extra_body = {{api_key = "{KEY}"}}',
        f'extra_body.metadata.api_key = "{KEY}"',
        f'extra_body.fallbacks = [{{api_key = "{KEY}"}}]',
        f'extra_body.fallbacks = [[{{deep = {{api_key = "{KEY}"}}}}]]',
    ],
)
def test_a_key_in_a_file_is_refused_and_not_shown(write: object, line: str) -> None:
    config = write(f'[llm]\nbackend = "openai-compatible"\n{line}\n')  # type: ignore[operator]

    message = complaint(config=config)

    assert "is not allowed in a file" in message or "a key must not stand in a file" in message


@pytest.mark.parametrize("write", [in_config_file, in_user_file])
def test_a_key_in_a_trusted_file_brings_the_way_to_name_its_variable(write: object) -> None:
    config = write(f'[llm]\nbackend = "openai-compatible"\nextra_body.api_key = "{KEY}"\n')  # type: ignore[operator]

    message = complaint(config=config)

    assert "a key must not stand in a file" in message
    assert "instead of extra_body.api_key, set api_key_env" in message


@pytest.mark.parametrize(
    "assignment",
    [f"api_key={KEY}", f'extra_body={{api_key="{KEY}"}}', f"extra_body.a.api_key={KEY}"],
)
def test_a_key_on_the_command_line_is_refused_and_not_shown(assignment: str) -> None:
    message = complaint(assignment, backend="openai-compatible")

    assert "the command line: a key must not stand" in message
    assert "api_key_env" in message


@pytest.mark.parametrize("backend", ["offline", "codex"])
def test_a_key_is_refused_for_a_backend_without_that_option_too(backend: str) -> None:
    complaint(f"api_key={KEY}", backend=backend)


@pytest.mark.parametrize(
    "assignment", [f"api-key={KEY}", f"apikey={KEY}", f".api_key={KEY}", f"api_key.={KEY}"]
)
def test_a_key_under_a_misspelled_option_is_not_shown(assignment: str) -> None:
    complaint(assignment, backend="openai-compatible")


def test_a_field_that_a_plugin_calls_secret_is_refused_like_a_key(
    fake_plugins: FakePlugins,
) -> None:
    secret = 'token: str | None = field(default=None, metadata={"secret": True})'
    fake_plugins.install_acme(source=ACME.replace("region: str | None = None", secret))

    message = complaint(f"token={KEY}", backend="acme")

    assert "a key must not stand" in message
    assert "token_env" not in message


def test_a_key_in_a_python_call_is_taken() -> None:
    backend = resolve_backend("openai-compatible", api_key=KEY)

    assert backend.api_key == KEY  # type: ignore[attr-defined]
    assert KEY not in repr(backend)


@pytest.mark.parametrize("key", [KEY.encode(), [KEY], {"key": KEY}])
def test_a_key_of_the_wrong_type_in_a_python_call_is_not_shown(key: object) -> None:
    with pytest.raises(ConfigError) as caught:
        resolve_backend("openai-compatible", api_key=key)

    assert "api_key must be text" in str(caught.value)
    assert KEY not in str(caught.value)


def test_a_key_that_a_constructor_echoes_is_not_shown(fake_plugins: FakePlugins) -> None:
    source = ACME + "    def __post_init__(self): raise ValueError(f'bad key {self.api_key}')\n"
    fake_plugins.install_acme(source=source)

    with pytest.raises(ConfigError) as caught:
        resolve_backend("acme", api_key=KEY)

    assert "bad key" in str(caught.value)
    assert KEY not in str(caught.value)


def test_the_resolved_options_show_no_key_in_their_repr() -> None:
    from openrange.configure.layers import Layer, read_layers
    from openrange.configure.resolver import choose, make_backend

    layer = Layer("the call", "openai-compatible", {"api_key": KEY}, is_written=False)
    choice = choose(read_layers(layer))

    assert KEY not in repr(layer)
    assert KEY not in repr(choice)
    assert KEY not in repr(make_backend(choice))
