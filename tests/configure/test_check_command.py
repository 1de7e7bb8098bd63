from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from configured import project_file, user_file
from fake_plugins import ACME, FakePlugins

from openrange import ConfigError
from openrange.cli.main import openrange

KEY = "sk-veryverysecret0123456789"
RAISES = "raise RuntimeError('this module must not be imported here')\n"


def run(*arguments: str) -> Result:
    """What `openrange backends check` does, which is never a traceback of ours."""
    result = CliRunner().invoke(openrange, ["backends", "check", *arguments])
    assert result.exception is None or isinstance(result.exception, SystemExit), result.exception
    return result


def document(*arguments: str) -> Any:
    return json.loads(run("--json", *arguments).stdout)


def row(name: str, *arguments: str) -> Any:
    (found,) = document(name, *arguments)["backends"]
    return found


def line(name: str, *arguments: str) -> str:
    (found,) = [line for line in run(*arguments).output.splitlines() if line.split()[0] == name]
    return found


def test_every_backend_has_a_verdict_and_none_is_imported_here(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(version="3.1")

    assert [(row["name"], row["verdict"]) for row in document()["backends"]] == [
        ("acme", "ready"),
        ("claude", "not configured"),
        ("codex", "not configured"),
        ("offline", "ready"),
        ("openai-compatible", "not configured"),
    ]
    assert line("acme") == f"{'acme':<18} {'openrange-acme 3.1':<26} ready"
    assert "not configured: no key: set OPENAI_API_KEY" in line("openai-compatible")
    assert fake_plugins.imported() == set()
    assert run().exit_code == 0


def test_the_json_of_a_backend_names_everything(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(version="3.1")

    found = row("acme")

    assert found.pop("seconds") >= 0
    assert found == {
        "name": "acme",
        "distribution": "openrange-acme",
        "version": "3.1",
        "verdict": "ready",
        "reason": None,
        "notes": [],
        "live": None,
    }
    assert document("acme")["problems"] == []


def test_only_what_is_named_is_examined(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=RAISES)

    assert [row["name"] for row in document("offline", "offline")["backends"]] == ["offline"]
    assert run("offline").exit_code == 0
    assert run("offline", "openai-compatible").exit_code == 2
    assert run("offline", "acme").exit_code == 2
    assert run().exit_code == 2


def test_a_name_with_a_problem_beside_it_is_ready_all_the_same(fake_plugins: FakePlugins) -> None:
    (fake_plugins.install_acme() / "METADATA").unlink()

    assert run("offline").exit_code == 0
    assert run().exit_code == 2


def test_what_would_fail_in_a_build_fails_here(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme()
    file = user_file('[llm]\nbackend = "acme"\nregoin = "north"\n')
    assert row("acme")["verdict"] == "not configured"
    assert "no option 'regoin' (did you mean 'region'?)" in row("acme")["reason"]
    assert row("offline")["verdict"] == "ready"
    file.unlink()

    project_file('[llm]\nbase_url = "https://evil.example"\n')
    assert "not allowed in a file of the working directory" in row("acme")["reason"]
    assert row("acme")["seconds"] is None
    assert row("acme", "--config", "openrange.toml")["verdict"] == "ready"
    project_file("")

    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    assert row("openai-compatible")["verdict"] == "ready"


def test_the_environment_configures_a_backend_as_it_does_for_a_build(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_litellm()
    assert "needs the option 'model'" in row("litellm")["reason"]

    monkeypatch.setenv("OPENRANGE_MODEL", "m")

    assert row("litellm")["verdict"] == "ready"


def test_options_of_the_listing_count_for_the_check_as_well() -> None:
    project_file("nonsense")
    config = project_file("").rename("mine.toml")
    config.write_text('[plugins]\nblock = ["codex"]\n', "utf-8")

    result = CliRunner().invoke(openrange, ["backends", "--json", "--config", str(config), "check"])

    rows = {row["name"]: row["verdict"] for row in json.loads(result.stdout)["backends"]}
    assert rows["codex"] == "blocked"


def test_a_blocked_backend_is_said_to_be_blocked_and_by_what(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(version="3.1", source=RAISES)
    project_file('[plugins]\nblock = ["acme"]\n')

    found = row("acme")

    assert (found["verdict"], found["distribution"]) == ("blocked", "openrange-acme")
    assert found["seconds"] is None
    assert "take 'acme' out of [plugins] block in openrange.toml" in found["reason"]
    assert run().exit_code == 0
    assert run("acme").exit_code == 2


def test_a_contested_name_is_said_to_be_claimed_twice_and_by_whom(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(source=RAISES)
    fake_plugins.install("acme-inc", "7.0", backends={"acme": "acme_inc:Acme"})

    found = row("acme")
    assert found["verdict"] == "claimed twice"
    assert "openrange-acme 1.0" in found["reason"]
    assert "acme-inc 7.0" in found["reason"]
    assert "[plugins] pin = " in found["reason"]
    assert found["distribution"] is None
    assert "claimed twice" in line("acme")
    assert run().exit_code == 2

    project_file('[plugins]\npin = {acme = "acme-inc"}\n')
    assert (row("acme")["verdict"], row("acme")["distribution"]) == ("ready", "acme-inc")


def test_a_configuration_that_cannot_be_read_is_one_error() -> None:
    project_file("nonsense")

    result = CliRunner().invoke(openrange, ["backends", "check"])

    assert isinstance(result.exception, ConfigError)
    assert "not valid TOML" in str(result.exception)


def test_keys_that_a_plugin_shouts_are_not_shown(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    shout = "import os\nprint('using', os.environ['ACME_API_KEY'])\n"
    fails = "raise RuntimeError(os.environ['ACME_API_KEY'])\n"
    preflight = (
        "    def preflight(self):\n"
        "        import os\n"
        "        from openrange import LLMBackendError\n"
        "        raise LLMBackendError(os.environ['ACME_API_KEY'], kind='not-configured')\n"
    )
    dies = "os.write(2, os.environ['ACME_API_KEY'].encode())\nos._exit(3)\n"
    for name, source in {
        "shouting": shout + ACME,
        "failing": shout + fails,
        "asking": ACME + preflight,
        "dying": shout + dies,
    }.items():
        module = f"acme_{name}"
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)
    monkeypatch.setenv("ACME_API_KEY", KEY)

    output = run().output + run("--json").output

    assert KEY not in output
    assert output.count("[redacted]") >= 8


@pytest.mark.parametrize("before", [60, 75, 270, 285])
def test_a_key_that_stands_where_a_text_is_cut_is_not_shown_in_part(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, before: int
) -> None:
    text = f"text = '.' * {before} + ' ' + __import__('os').environ['ACME_API_KEY']\n"
    for name, source in {
        "printing": f"{text}print(text)\n{ACME}",
        "raising": f"{text}raise RuntimeError(text)\n",
        "dying": f"{text}import os\nos.write(2, text.encode() + b'.' * 180)\nos._exit(3)\n",
    }.items():
        module = f"acme_{name}"
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)
    monkeypatch.setenv("ACME_API_KEY", KEY)

    output = run("printing", "raising", "dying").output

    assert KEY[:6] not in output
    assert KEY[-6:] not in output


def test_what_a_plugin_says_is_one_line_without_control_characters(
    fake_plugins: FakePlugins,
) -> None:
    evil = "\\x1b[2J\\nready\\u202e" * 50
    for name, source in {
        "raising": f"raise RuntimeError('{evil}')",
        "printing": f"print('{evil}')\n" + ACME,
    }.items():
        module = f"acme_{name}"
        fake_plugins.install(f"acme-{name}", backends={name: f"{module}:Acme"}, source=source)

    output = run().output

    assert len(output.splitlines()) == 6
    assert "\x1b" not in output
    assert "\u202e" not in output
    assert max(map(len, output.splitlines())) < 1000
    assert all(
        "\x1b" not in text for text in [row("printing")["notes"][0], row("raising")["reason"]]
    )


def test_the_working_directory_adds_nothing_to_what_is_imported(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    for name in ("json.py", "openrange.py", "openrange_acme.py", "pickle.py"):
        Path(name).write_text("raise SystemExit('imported from the working directory')\n", "utf-8")

    assert row("acme")["verdict"] == "ready"
