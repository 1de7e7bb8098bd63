from __future__ import annotations

import json
import math
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from configured import project_file, user_file
from fake_plugins import ACME, LITELLM, FakePlugins

from openrange.cli.main import openrange
from openrange.configure import preview

KEY = "sk-veryverysecret0123456789"
RAISES = "raise RuntimeError('this module must not be imported')\n"


def shown(*arguments: str) -> str:
    """What `openrange backends` prints, after a clean exit."""
    result = CliRunner().invoke(openrange, ["backends", *arguments])
    assert result.exception is None, result.exception
    assert result.exit_code == 0
    return result.output


def document(*arguments: str) -> Any:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is not JSON")

    return json.loads(shown("--json", *arguments), parse_constant=refuse)


def row(name: str) -> Any:
    (found,) = [row for row in document()["backends"] if row["name"] == name]
    return found


def line(name: str) -> str:
    (found,) = [line for line in shown().splitlines() if line.split(" ")[0] == name]
    return found


def test_every_installed_backend_is_shown_and_none_of_them_imported(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(version="3.1", source=RAISES)
    fake_plugins.install_litellm(source=RAISES)

    assert [row["name"] for row in document()["backends"]] == [
        "acme",
        "claude",
        "codex",
        "litellm",
        "offline",
        "openai-compatible",
    ]
    assert row("acme")["claims"] == [{"distribution": "openrange-acme", "version": "3.1"}]
    assert row("acme")["problem"] is None
    assert "openrange-acme 3.1" in line("acme")
    assert fake_plugins.imported() == set()


def test_a_plugin_that_a_file_names_is_not_imported_either(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)
    project_file('[llm]\nbackend = "acme"\nmodel = "m"\n')

    build = document()["build"]

    assert build["backend"] == "acme"
    assert build["because"] == "openrange.toml names it"
    assert build["options"] == {"model": {"value": "m", "source": "openrange.toml"}}
    assert fake_plugins.imported() == set()


def test_the_plugin_that_a_variable_chooses_is_the_only_one_imported_and_not_here(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_litellm(source=f"open('imported', 'a').write('.')\n{LITELLM}")
    fake_plugins.install_acme(source=RAISES)
    monkeypatch.setenv("ANTHROPIC_API_KEY", KEY)

    output = shown()

    assert "A build would take litellm (anthropic/claude), because ANTHROPIC_API_KEY is set" in (
        output
    )
    assert "ANTHROPIC_API_KEY set" in line("litellm")
    assert KEY not in output
    assert Path("imported").exists()
    assert fake_plugins.imported() == set()


def test_each_variable_is_shown_as_set_or_not(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_litellm()
    monkeypatch.setenv("GROQ_API_KEY", KEY)
    monkeypatch.setenv("GEMINI_API_KEY", "  ")

    assert row("litellm")["variables"] == {
        "ANTHROPIC_API_KEY": False,
        "ANTHROPIC_AUTH_TOKEN": False,
        "GEMINI_API_KEY": False,
        "GROQ_API_KEY": True,
    }
    assert row("offline")["variables"] == {}


def test_variables_that_are_not_set_are_shown_in_short(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_litellm()

    assert line("litellm").endswith(
        "none set of ANTHROPIC_API_KEY, ANTHROPIC_AUTH_TOKEN, GEMINI_API_KEY and 1 more"
    )


def test_a_blocked_backend_is_shown_as_blocked(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)
    user_file('[plugins]\nblock = ["acme"]\n')

    assert row("acme")["blocked"] is True
    assert line("acme").endswith("blocked")
    assert row("codex")["blocked"] is False


def test_a_name_that_two_distributions_claim_is_shown_with_both(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(source=RAISES)
    fake_plugins.install("acme-inc", "7.0", backends={"acme": "acme_inc:Acme"}, source=RAISES)

    assert {claim["distribution"] for claim in row("acme")["claims"]} == {
        "openrange-acme",
        "acme-inc",
    }
    assert "is claimed by" in row("acme")["problem"]
    assert "openrange-acme 1.0" in line("acme")
    assert "acme-inc 7.0" in line("acme")

    project_file('[llm]\nbackend = "acme"\n')
    assert "is claimed by" in document()["problem"]
    assert "It would stop: " in shown()

    project_file('[llm]\nbackend = "acme"\n[plugins]\npin = {acme = "acme-inc"}\n')
    assert row("acme")["problem"] is None
    assert document()["problem"] is None


def test_the_source_of_each_value_is_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    file = user_file('[llm]\nmax_tokens = 9\n[llm.extra_body]\nuser = "me"\n')
    project_file('[llm]\nbackend = "openai-compatible"\ntimeout = 30\n[llm.extra_body]\nseed = 1\n')
    monkeypatch.setenv("OPENRANGE_MODEL", "m")
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")

    assert document()["build"]["options"] == {
        "base_url": {"value": "http://127.0.0.1:1/v1", "source": "the environment"},
        "extra_body.seed": {"value": 1, "source": "openrange.toml"},
        "extra_body.user": {"value": "me", "source": str(file)},
        "max_tokens": {"value": 9, "source": str(file)},
        "model": {"value": "m", "source": "the environment"},
        "timeout": {"value": 30, "source": "openrange.toml"},
    }
    assert "timeout = 30 (from openrange.toml)" in shown()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("[llm\n", "openrange.toml: not valid TOML"),
        ("[lmm]\n", "no key 'lmm'"),
        ('[llm]\nbackend = "codex"\ncommand = "./evil"\n', "command is not allowed"),
        ('[llm]\nbackend = "nobody"\n', "there is no backend 'nobody'"),
        ('[llm]\nbackend = "litellm"\n', "pip install . ./src/openrange-litellm"),
        ('[llm]\nbackend = "offline"\nmodel = "m"\n', "no option 'model'"),
        ('[llm]\nbackend = "openai-compatible"\n', "set OPENAI_API_KEY"),
    ],
)
def test_what_is_wrong_with_the_configuration_is_shown(text: str, problem: str) -> None:
    project_file(text)

    assert problem in document()["problem"]
    assert problem in " ".join(shown().split())
    assert row("offline")["problem"] is None


def test_a_missing_config_file_is_shown_as_the_problem() -> None:
    assert "no.toml does not exist" in document("--config", "no.toml")["problem"]


def test_a_broken_plugin_that_a_variable_chooses_is_shown_as_the_problem(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=RAISES)
    monkeypatch.setenv("ACME_API_KEY", KEY)

    found = document()

    assert found["build"]["backend"] == "acme"
    assert "openrange-acme 1.0 cannot be imported" in found["problem"]


def test_a_preflight_that_breaks_is_shown_as_the_problem(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=ACME + "    def preflight(self): raise KeyError('region')\n")
    monkeypatch.setenv("ACME_API_KEY", KEY)

    assert "it raises KeyError while it is made and checked" in document()["problem"]
    assert "It would stop: the backend 'acme' of openrange-acme 1.0: it raises" in shown()


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import os; os._exit(0)", "its import ends the process (status 0)"),
        ("import time; time.sleep(1000)", "its import takes longer than 3 seconds"),
        ("import sys; sys.exit(0)", "openrange-acme 1.0 cannot be imported (SystemExit: 0)"),
    ],
)
def test_a_plugin_that_ends_or_blocks_its_process_is_shown_as_the_problem(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, source: str, words: str
) -> None:
    monkeypatch.setattr(preview, "SECONDS", 3.0)
    fake_plugins.install_acme(source=source)
    monkeypatch.setenv("ACME_API_KEY", KEY)

    found = document()

    assert found["build"]["because"] == "ACME_API_KEY is set"
    assert words in found["problem"]


def test_a_plugin_that_prints_leaves_the_json_alone(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = ACME.replace("import LLMResult", "import LLMResult, hookimpl") + (
        "    @classmethod\n    @hookimpl\n    def openrange_environment(cls):\n"
        f"        return {{'region': 'north\\x1b[2J', 'extra_params': {{'token': '{KEY}'}}}}\n"
    )
    fake_plugins.install_acme(source=f"print('hello')\n{source}")
    monkeypatch.setenv("ACME_API_KEY", "sk-anothersecret9876543210")

    build = document()["build"]

    assert build["model"] == "acme-1"
    assert build["options"]["region"]["source"] == "the environment"
    assert build["options"]["extra_params.token"]["value"] == "[redacted]"
    assert document()["problem"] is None
    assert "\x1b" not in shown()


@pytest.mark.parametrize("backend", ["openai-compatible", "acme"])
@pytest.mark.parametrize(
    "line",
    [
        f'api_key = "{KEY}"',
        f'extra_headers = {{Authorization = "Bearer {KEY}"}}',
        f'extra_params = {{api_key = "{KEY}"}}',
        f'extra_params.deep.aws_secret_access_key = "{KEY}"',
        f'extra_params.fallbacks = [{{api_key = "{KEY}"}}]',
        f'extra_params = {{token = "{KEY}"}}',
        f'extra_params.password.value = "{KEY}"',
        f'extra_params = {{hf_token = "{KEY}", password = "{KEY}", client_secret = "{KEY}"}}',
        f'base_url = "https://me:{KEY}@corp.example"',
    ],
)
def test_a_secret_in_a_file_is_never_shown(
    fake_plugins: FakePlugins, backend: str, line: str
) -> None:
    fake_plugins.install_acme(source=RAISES)
    user_file(f'[llm]\nbackend = "{backend}"\n{line}\n')

    assert KEY not in shown()
    assert KEY not in shown("--json")
    assert document()["build"]["options"]


def test_names_of_key_variables_and_numbers_of_tokens_are_no_secrets() -> None:
    user_file('[llm]\nbackend = "openai-compatible"\napi_key_env = "CORP_KEY"\nmax_tokens = 9\n')

    assert {option: facts["value"] for option, facts in document()["build"]["options"].items()} == {
        "api_key_env": "CORP_KEY",
        "max_tokens": 9,
    }


def test_values_that_json_does_not_know_are_shown_as_text(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)
    user_file(
        '[llm]\nbackend = "acme"\nregion = 2024-05-01\ntimeout = inf\n'
        "[llm.extra_params]\nat = [2024-05-01T07:32:00Z]\nbias = nan\n"
    )

    options = document()["build"]["options"]

    assert options["region"]["value"] == "2024-05-01"
    assert options["timeout"]["value"] == str(math.inf)
    assert options["extra_params.at"]["value"] == ["2024-05-01 07:32:00+00:00"]
    assert options["extra_params.bias"]["value"] == "nan"
    assert 'region = "2024-05-01"' in shown()


def test_control_characters_from_a_file_do_not_reach_the_terminal() -> None:
    project_file('[llm]\nbackend = "no\\u001b[2Jbody\\u202e"\n')

    output = shown()

    assert "\x1b" not in output
    assert "\u202e" not in output
