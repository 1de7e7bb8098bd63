from __future__ import annotations

from pathlib import Path

import pytest
from configured import project_file, resolved, user_file
from fake_plugins import FakePlugins

from openrange import ConfigError, resolve_backend


def acme(text: str) -> str:
    """A `[llm]` table for the backend `acme`."""
    return f'[llm]\nbackend = "acme"\n{text}\n'


@pytest.fixture(autouse=True)
def _acme_is_installed(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()


def write_every_layer(monkeypatch: pytest.MonkeyPatch) -> None:
    user_file(acme('model = "of the user"\nregion = "of the user"\ntimeout = 1'))
    project_file(acme('model = "of-the-project"\ntimeout = 2'))
    monkeypatch.setenv("OPENRANGE_BACKEND", "acme")
    monkeypatch.setenv("OPENRANGE_MODEL", "of the environment")


def test_each_layer_wins_over_the_weaker_ones(monkeypatch: pytest.MonkeyPatch) -> None:
    write_every_layer(monkeypatch)

    found = resolved()
    assert found.options["region"] == ("of the user", str(user_file_path()))
    assert found.options["timeout"] == (2, "openrange.toml")
    assert found.options["model"] == ("of the environment", "the environment")

    found = resolved("timeout=3", model="of the command line")
    assert found.options["timeout"] == (3, "the command line")
    assert found.options["model"] == ("of the command line", "the command line")
    assert found.options["region"] == ("of the user", str(user_file_path()))


def user_file_path() -> Path:
    return Path.home() / ".config" / "openrange" / "config.toml"


@pytest.mark.parametrize(
    ("named", "backend", "why"),
    [
        (["command", "environment", "project", "user"], "offline", "the command line names it"),
        (["environment", "project", "user"], "acme", "the environment names it"),
        (["project", "user"], "openai-compatible", "openrange.toml names it"),
        (["user"], "codex", "config.toml names it"),
        ([], "offline", "no key that is detected is set"),
    ],
)
def test_the_strongest_layer_that_names_a_backend_chooses_it(
    monkeypatch: pytest.MonkeyPatch, named: list[str], backend: str, why: str
) -> None:
    command = "offline" if "command" in named else None
    if "environment" in named:
        monkeypatch.setenv("OPENRANGE_BACKEND", "acme")
    if "project" in named:
        project_file('[llm]\nbackend = "openai-compatible"\n')
    if "user" in named:
        user_file('[llm]\nbackend = "codex"\n')

    found = resolved(backend=command)

    assert found.name == backend
    assert why in found.why


def test_a_python_call_wins_over_every_file(monkeypatch: pytest.MonkeyPatch) -> None:
    write_every_layer(monkeypatch)

    backend = resolve_backend("acme", model="of the call", region="of the call")

    assert (backend.model, backend.region) == ("of the call", "of the call")  # type: ignore[attr-defined]
    assert backend.timeout == 2  # type: ignore[attr-defined]


def test_detection_is_weaker_than_the_user_s_file(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "k")
    user_file('[llm]\nbackend = "acme"\n')

    assert resolved().name == "acme"


def test_a_blank_variable_names_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENRANGE_BACKEND", "  ")
    monkeypatch.setenv("OPENRANGE_MODEL", "")
    project_file(acme('model = "m"'))

    assert resolved().options["model"] == ("m", "openrange.toml")


def test_the_table_in_pyproject_toml_stands_in_for_the_file() -> None:
    Path("pyproject.toml").write_text(
        '[project]\nname = "x"\n[tool.openrange.llm]\nbackend = "acme"\nmodel = "m"\n', "utf-8"
    )

    assert resolved().options["model"] == ("m", "pyproject.toml")


def test_openrange_toml_hides_the_table_in_pyproject_toml() -> None:
    Path("pyproject.toml").write_text('[tool.openrange.llm]\nbackend = "codex"\n', "utf-8")
    project_file(acme('model = "m"'))

    found = resolved()

    assert found.name == "acme"
    assert found.options["model"] == ("m", "openrange.toml")


@pytest.mark.parametrize("text", ["", "[tool.ruff]\n", "tool = 3\n", "[tool]\nother = 1\n"])
def test_a_pyproject_toml_without_the_table_says_nothing(text: str) -> None:
    Path("pyproject.toml").write_text(text, "utf-8")

    assert resolved().name == "offline"


def test_parents_of_the_working_directory_are_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    project_file(acme(""))
    Path("pyproject.toml").write_text('[tool.openrange.llm]\nbackend = "acme"\n', "utf-8")
    below = Path("below")
    below.mkdir()
    monkeypatch.chdir(below)

    assert resolved().name == "offline"


def test_config_replaces_the_file_of_the_working_directory(tmp_path: Path) -> None:
    project_file(acme('model = "m"\ntimeout = 2'))
    mine = tmp_path / "mine.toml"
    mine.write_text(acme('model = "mine"'), "utf-8")

    found = resolved(config=mine)

    assert found.options == {"model": ("mine", str(mine))}
    assert resolve_backend(config=mine).model == "mine"  # type: ignore[attr-defined]


def test_config_leaves_the_user_s_file_in_place(tmp_path: Path) -> None:
    user_file(acme('region = "of the user"'))
    mine = tmp_path / "mine.toml"
    mine.write_text(acme('model = "mine"'), "utf-8")

    assert resolved(config=mine).options["region"] == ("of the user", str(user_file_path()))


def test_options_count_where_the_layer_names_the_chosen_backend() -> None:
    user_file(acme('region = "north"'))

    assert resolved(backend="acme").options["region"][0] == "north"


def test_options_count_where_the_layer_names_no_backend() -> None:
    user_file('[llm]\nregion = "north"\n')

    assert resolved(backend="acme").options["region"][0] == "north"


def test_options_do_not_count_where_the_layer_names_another_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    user_file('[llm]\nbackend = "codex"\nsandbox = "read-only"\n')
    monkeypatch.setenv("OPENRANGE_BACKEND", "offline")
    monkeypatch.setenv("OPENRANGE_MODEL", "of another backend")

    assert resolved(backend="acme").options == {}


def test_what_an_untrusted_layer_says_for_another_backend_is_no_offence() -> None:
    project_file('[llm]\nbackend = "codex"\ncommand = "./evil"\n')

    assert resolved(backend="acme").options == {}


def test_the_model_of_the_environment_is_passed_over_by_a_backend_without_one(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENRANGE_MODEL", "m")

    assert resolved(backend="offline").options == {}
    assert resolved(backend="codex").options["model"] == ("m", "the environment")


def test_a_model_on_the_command_line_is_an_error_for_a_backend_without_one() -> None:
    with pytest.raises(ConfigError, match="'offline' has no option 'model'"):
        resolved(backend="offline", model="m")


def test_nested_tables_are_merged_deeply_and_each_value_keeps_its_source(
    tmp_path: Path,
) -> None:
    user_file(acme("[llm.extra_params]\nseed = 1\nstop = ['a']\n[llm.extra_params.deep]\nx = 1"))
    mine = tmp_path / "mine.toml"
    mine.write_text(acme("[llm.extra_params]\nseed = 2\n[llm.extra_params.deep]\ny = 2"), "utf-8")

    found = resolved("extra_params.deep.z=3", config=mine)

    assert found.backend.extra_params == {  # type: ignore[attr-defined]
        "seed": 2,
        "stop": ["a"],
        "deep": {"x": 1, "y": 2, "z": 3},
    }
    assert found.options["extra_params.seed"] == (2, str(mine))
    assert found.options["extra_params.stop"] == (["a"], str(user_file_path()))
    assert found.options["extra_params.deep.x"] == (1, str(user_file_path()))
    assert found.options["extra_params.deep.z"] == (3, "the command line")


def test_a_plain_value_replaces_a_table_and_a_table_a_plain_value(tmp_path: Path) -> None:
    user_file(acme("[llm.extra_params]\nmetadata = 1\n[llm.extra_params.deep]\nx = 1"))
    mine = tmp_path / "mine.toml"
    mine.write_text(acme("[llm.extra_params]\ndeep = 2\nmetadata.y = 2"), "utf-8")

    found = resolved(config=mine)

    assert found.backend.extra_params == {"deep": 2, "metadata": {"y": 2}}  # type: ignore[attr-defined]


def test_an_empty_table_takes_nothing_away_from_a_weaker_one() -> None:
    user_file(acme("[llm.extra_params]\nseed = 1"))
    project_file(acme("[llm.extra_params]"))

    assert resolved().backend.extra_params == {"seed": 1}  # type: ignore[attr-defined]


def test_an_empty_table_alone_is_an_empty_table() -> None:
    project_file(acme("[llm.extra_params]"))

    assert resolved().backend.extra_params == {}  # type: ignore[attr-defined]


def test_keys_that_hold_dots_and_odd_characters_stay_whole() -> None:
    user_file(acme('[llm.extra_params]\n"a.b" = 1\n"c\\u0000d" = 2\n'))

    assert resolved().backend.extra_params == {"a.b": 1, "c\0d": 2}  # type: ignore[attr-defined]


def test_blocks_add_up_and_the_strongest_pin_counts(fake_plugins: FakePlugins) -> None:
    fake_plugins.install("acme-inc", backends={"acme": "acme_inc:Acme"})
    user_file('[plugins]\nblock = ["codex"]\npin = {acme = "openrange-acme"}\n')
    project_file('[plugins]\nblock = ["offline"]\npin = {acme = "acme-inc"}\n')

    assert type(resolve_backend("acme")).__module__ == "acme_inc"
    for name in ("codex", "offline"):
        with pytest.raises(Exception, match=f"'{name}' is blocked"):
            resolve_backend(name)
