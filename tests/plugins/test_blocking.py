from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner
from configured import project_file, resolved, user_file
from fake_plugins import FakePlugins

from openrange import BackendNotFoundError, ConfigError, PackError, available_backends
from openrange.cli.main import openrange
from openrange.core.installed_packs import PACK, installed_pack
from openrange.core.manifest import Manifest
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins

RAISES = "raise RuntimeError('this module must not be imported')\n"


def refusal(name: str) -> str:
    with pytest.raises(BackendNotFoundError) as caught:
        resolved(backend=name)
    return str(caught.value)


def listing() -> Any:
    result = CliRunner().invoke(openrange, ["backends", "--json"])
    assert result.exception is None
    return json.loads(result.stdout)


def row(name: str) -> Any:
    (found,) = [row for row in listing()["backends"] if row["name"] == name]
    return found


@pytest.fixture
def contested(fake_plugins: FakePlugins) -> FakePlugins:
    fake_plugins.install_acme()
    fake_plugins.install(
        "acme-inc",
        "7.0",
        backends={"acme": "acme_inc:Acme", "acme-two": "acme_inc:Acme"},
        detect={"ACME_INC_KEY": "acme_inc:Acme"},
    )
    return fake_plugins


@pytest.mark.parametrize("value", ["acme", " acme ", "codex,acme", "codex acme", ",codex,\tacme,,"])
def test_the_variable_blocks_names_separated_by_commas_or_blanks(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    fake_plugins.install_acme(source=RAISES)
    monkeypatch.setenv("OPENRANGE_BLOCK", value)

    assert refusal("acme") == (
        "the backend 'acme' is blocked; take 'acme' out of OPENRANGE_BLOCK to use it"
    )
    assert row("acme")["blocked"] is True
    assert row("codex")["blocked"] is ("codex" in value)


@pytest.mark.parametrize("value", ["", " ", ",", " , ,"])
def test_a_variable_without_names_blocks_nothing(
    monkeypatch: pytest.MonkeyPatch, value: str
) -> None:
    monkeypatch.setenv("OPENRANGE_BLOCK", value)

    assert not any(row["blocked"] for row in listing()["backends"])
    assert listing()["problems"] == []


def test_the_variable_adds_to_the_files(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme()
    monkeypatch.setenv("OPENRANGE_BLOCK", "acme")
    project_file('[plugins]\nblock = ["codex"]\n')
    file = user_file('[plugins]\nblock = ["offline", "acme"]\n')

    assert "out of OPENRANGE_BLOCK and 'acme' out of [plugins] block in" in refusal("acme")
    assert "take 'codex' out of [plugins] block in openrange.toml" in refusal("codex")
    assert f"take 'offline' out of [plugins] block in {file}" in refusal("offline")


@pytest.mark.parametrize("word", ["openrange-acme", "OpenRange_Acme", "openrange.acme"])
def test_the_name_of_a_distribution_takes_away_all_that_it_registers(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, word: str
) -> None:
    value = "openrange_acme:Acme"
    fake_plugins.install_acme(
        backends={"acme": value, "acme-two": value}, packs={"maze": value}, source=RAISES
    )
    monkeypatch.setenv("OPENRANGE_BLOCK", word)

    for name in ("acme", "acme-two"):
        assert refusal(name) == (
            f"the backend {name!r} is blocked with all of openrange-acme; take {word!r} out of "
            "OPENRANGE_BLOCK to use it"
        )
        assert row(name)["blocked"] is True
        assert row(name)["claims"] == [{"distribution": "openrange-acme", "version": "1.0"}]
    with pytest.raises(PackError, match="the pack 'maze' is blocked with all of openrange-acme"):
        Plugins([word]).load(PACK, "maze")
    assert resolved(backend="offline").name == "offline"
    assert fake_plugins.imported() == set()


def test_a_blocked_distribution_is_not_detected(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_litellm()
    fake_plugins.install_acme()
    monkeypatch.setenv("ANTHROPIC_API_KEY", "k")
    monkeypatch.setenv("ACME_API_KEY", "k")
    assert resolved().name == "litellm"

    monkeypatch.setenv("OPENRANGE_BLOCK", "openrange-litellm")
    assert resolved().name == "acme"

    monkeypatch.setenv("OPENRANGE_BLOCK", "openrange-litellm, openrange-acme")
    found = resolved()
    assert found.name == "offline"
    assert "ANTHROPIC_API_KEY is set for a backend that is blocked" in found.why


def test_a_contested_name_is_settled_from_the_environment_alone(
    contested: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert "OPENRANGE_BLOCK=" in refusal("acme")

    monkeypatch.setenv("OPENRANGE_BLOCK", "acme-inc")

    assert type(resolved(backend="acme").backend).__module__ == "openrange_acme"
    assert row("acme")["claims"] == [{"distribution": "openrange-acme", "version": "1.0"}]
    assert (row("acme")["problem"], row("acme")["blocked"]) == (None, False)
    assert contested.imported() == {"openrange_acme"}
    assert "is blocked with all of acme-inc" in refusal("acme-two")


def test_the_way_out_that_the_error_of_a_contested_name_gives_works(
    contested: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    word = refusal("acme").partition("OPENRANGE_BLOCK=")[2].partition(",")[0]

    monkeypatch.setenv("OPENRANGE_BLOCK", word)

    assert resolved(backend="acme").name == "acme"
    assert len(contested.imported()) == 1


def test_a_variable_of_a_blocked_distribution_does_not_choose_what_another_registers(
    contested: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENRANGE_BLOCK", "acme-inc")
    monkeypatch.setenv("ACME_INC_KEY", "k")
    assert resolved().name == "offline"

    monkeypatch.setenv("ACME_API_KEY", "k")
    assert resolved().name == "acme"
    assert contested.imported() == {"openrange_acme"}


@pytest.mark.usefixtures("contested")
def test_a_name_of_which_every_claim_is_blocked_is_blocked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENRANGE_BLOCK", "acme-inc openrange-acme")

    message = refusal("acme")

    assert "'acme' is blocked with all of " in message
    assert "'acme-inc' out of OPENRANGE_BLOCK and 'openrange-acme' out of" in message
    assert row("acme")["blocked"] is True


def test_a_name_that_is_pinned_to_a_blocked_distribution_is_blocked(
    contested: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    project_file('[plugins]\npin = {acme = "acme-inc"}\n')
    monkeypatch.setenv("OPENRANGE_BLOCK", "acme-inc")
    monkeypatch.setenv("ACME_API_KEY", "k")

    assert "take 'acme-inc' out of OPENRANGE_BLOCK" in refusal("acme")
    assert resolved().name == "offline"
    assert contested.imported() == set()


def test_the_core_can_be_blocked_as_a_distribution(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENRANGE_BLOCK", "openrange")

    assert "is blocked with all of openrange" in refusal("offline")
    assert set(available_backends()) == {"claude", "codex", "offline", "openai-compatible"}


def test_a_blocked_pack_is_named_as_blocked_and_not_imported(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install("acme-maze", packs={"maze": "acme_maze:Maze"}, source=RAISES)
    monkeypatch.setenv("OPENRANGE_BLOCK", "acme-maze")
    plan = Manifest.from_mapping(
        {"world": {"goal": "x"}, "pack": {"id": "maze", "source": "acme-maze"}}
    )

    shown = CliRunner().invoke(openrange, ["packs"]).output
    assert "maze (acme-maze 1.0): unusable: the pack 'maze' is blocked with all of" in shown
    with pytest.raises(PackError, match="blocked with all of acme-maze"):
        installed_pack(plan.pack, Plugins(["acme-maze"]))
    assert fake_plugins.imported() == set()

    Path("openrange.toml").write_text("nonsense", "utf-8")
    assert CliRunner().invoke(openrange, ["packs"]).output == shown


@pytest.mark.parametrize(
    ("word", "hint"),
    [
        ("ofline", " (did you mean 'offline'?)"),
        ("openrange-acmee", " (did you mean 'openrange-acme' or 'openrange'?)"),
        ("ACME_API_KEY", ""),
    ],
)
def test_what_is_blocked_in_vain_is_reported_and_stops_nothing(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, word: str, hint: str
) -> None:
    fake_plugins.install_acme()
    text = f"nothing of the name {word!r} is installed{hint}"
    monkeypatch.setenv("OPENRANGE_BLOCK", word)
    project_file(f'[plugins]\nblock = ["{word}", "acme", "webapp"]\n')

    expected = [
        {"source": "OPENRANGE_BLOCK", "problem": text},
        {"source": "[plugins] block in openrange.toml", "problem": text},
    ]
    assert listing()["problems"] == expected
    checked = CliRunner().invoke(openrange, ["backends", "check", "--json", "offline"])
    assert json.loads(checked.stdout)["problems"] == expected
    for command in (["backends"], ["backends", "check"]):
        result = CliRunner().invoke(openrange, command)
        assert result.exit_code == 0
        assert f"OPENRANGE_BLOCK: {text}" in result.output.splitlines()
        assert f"[plugins] block in openrange.toml: {text}" in result.output.splitlines()
    assert resolved().name == "offline"


@pytest.mark.usefixtures("contested")
@pytest.mark.parametrize(
    ("pin", "problem"),
    [
        ("acmee = 'acme-inc'", "no backend or pack 'acmee' is installed (did you mean 'acme'"),
        ("acme = 'acme-in'", "'acme' is pinned to 'acme-in', which does not provide it (did you"),
        ("codex = 'acme-inc'", "'codex' is pinned to 'acme-inc', which does not provide it"),
    ],
)
def test_what_is_pinned_in_vain_is_reported_and_stops_nothing(pin: str, problem: str) -> None:
    project_file(f"[plugins.pin]\n{pin}\n")

    (found,) = listing()["problems"]

    assert found["source"] == "[plugins] pin in openrange.toml"
    assert found["problem"].startswith(problem)
    assert resolved().name == "offline"


@pytest.mark.usefixtures("contested")
def test_a_pin_that_matches_is_no_problem() -> None:
    project_file('[plugins.pin]\nacme = "Acme.Inc"\nwebapp = "openrange"\n')

    assert listing()["problems"] == []


def test_a_pin_to_nobody_is_still_an_error_of_the_name(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    project_file('[plugins.pin]\nacme = "acme-inc"\n')

    with pytest.raises(ConfigError, match="'acme' is pinned to 'acme-inc'"):
        resolved(backend="acme")
    checked = CliRunner().invoke(openrange, ["backends", "check", "acme"])
    assert checked.exit_code == 2
    assert "not configured: [plugins] pin: 'acme' is pinned to" in checked.output


def test_a_claim_of_a_blocked_distribution_on_a_name_of_the_core_is_not_reported(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(backends={"codex": "openrange_acme:Acme"}, source=RAISES)
    (found,) = listing()["problems"]
    assert found["source"] == "openrange-acme 1.0"

    monkeypatch.setenv("OPENRANGE_BLOCK", "openrange-acme")

    assert listing()["problems"] == []
    assert row("codex")["blocked"] is False


def test_names_in_other_groups_do_not_make_a_backend_blocked(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    fake_plugins.install("acme-maze", packs={"acme": "acme_maze:Maze"})
    plugins = Plugins(["acme-maze"])

    assert not plugins.is_blocked("acme")
    assert plugins.is_blocked("acme", PACK)
    assert str(plugins.find(BACKEND, "acme")) == "openrange-acme 1.0"
