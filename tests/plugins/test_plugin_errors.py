from __future__ import annotations

import pytest
from configured import project_file
from fake_plugins import ACME, FakePlugins

from openrange import BackendNotFoundError, ConfigError, OpenRangeError, PackError, resolve_backend
from openrange.core.installed_packs import PACK
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins

INSTALL = "pip install . ./src/openrange-litellm"


def failure(name: str) -> str:
    with pytest.raises(BackendNotFoundError) as caught:
        resolve_backend(name)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    return str(caught.value)


def test_a_known_plugin_that_is_not_installed_is_named_with_its_install_line() -> None:
    message = failure("litellm")

    assert "'litellm' is not installed" in message
    assert "openrange-litellm" in message
    assert INSTALL in message


def test_an_unknown_name_brings_the_near_misses_and_the_installed_names() -> None:
    message = failure("offlin")

    assert "did you mean 'offline'?" in message
    assert "installed: claude, codex, offline, openai-compatible" in message


def test_a_misspelled_name_of_a_known_plugin_is_a_near_miss_too() -> None:
    assert "did you mean 'litellm'?" in failure("litelm")


def test_an_unknown_name_without_a_near_miss_brings_the_installed_names() -> None:
    message = failure("zzz")

    assert "did you mean" not in message
    assert "claude, codex, offline, openai-compatible" in message


def test_of_many_installed_names_only_some_are_told(fake_plugins: FakePlugins) -> None:
    names = [f"acme-{number:02}" for number in range(40)] + ["a" * 5000]
    fake_plugins.install_acme(backends=dict.fromkeys(names, "openrange_acme:Acme"))

    message = failure("zzz")

    assert message.endswith(", acme-18 and 25 more")
    assert len(message) < 500


def test_a_blocked_name_is_no_near_miss() -> None:
    with pytest.raises(BackendNotFoundError) as caught:
        Plugins(block=["offline", "litellm"]).find(BACKEND, "offlin")

    assert "'offline'" not in str(caught.value)
    assert "installed: claude, codex, openai-compatible" in str(caught.value)


@pytest.mark.parametrize(
    ("source", "cause"),
    [
        ("raise RuntimeError('the cause\\nin two lines')", "RuntimeError: the cause in two lines"),
        ("def broken(:", "SyntaxError"),
        ("raise SystemExit('going home')", "SystemExit: going home"),
        ("import a_module_that_nobody_has", "ModuleNotFoundError"),
        ("import asyncio; raise asyncio.CancelledError()", "CancelledError"),
        ("Other = 1", "AttributeError"),
        ("class Mute(Exception):\n def __str__(self): raise ValueError\nraise Mute", "Mute"),
    ],
)
def test_a_failing_import_is_told_with_distribution_cause_and_a_way_out(
    fake_plugins: FakePlugins, source: str, cause: str
) -> None:
    fake_plugins.install_acme(version="3.1", source=source)

    message = failure("acme")

    assert "openrange-acme 3.1" in message
    assert "cannot be imported" in message
    assert cause in message
    assert 'block = ["acme"]' in message
    assert "\n" not in message


@pytest.mark.parametrize("value", ["no module at all!", "openrange_acme", "openrange_acme:"])
def test_an_entry_that_names_no_attribute_of_a_module_is_told_like_a_failing_import(
    fake_plugins: FakePlugins, value: str
) -> None:
    fake_plugins.install_acme(backends={"acme": value})

    message = failure("acme")

    assert "1.0 cannot be imported (the entry is no `module:attribute`); mend" in message


def test_an_interrupt_during_an_import_passes_through(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source="raise KeyboardInterrupt")

    with pytest.raises(KeyboardInterrupt):
        resolve_backend("acme")


@pytest.mark.parametrize(
    ("source", "complaint"),
    [
        ("def Acme(): ...", "is not a class but function"),
        ("Acme = 3", "is not a class but int"),
        ("class Acme: ...", "no method `complete`"),
        ("class Acme: complete = None", "no method `complete`"),
        (
            "class Acme:\n openrange_contract = 2\n def complete(self, request): ...",
            "version 2 of the backend contract",
        ),
    ],
)
def test_what_is_no_backend_is_told_with_its_distribution(
    fake_plugins: FakePlugins, source: str, complaint: str
) -> None:
    fake_plugins.install_acme(source=source)

    message = failure("acme")

    assert "openrange-acme 1.0" in message
    assert complaint in message


def test_a_class_that_names_this_version_of_the_contract_is_taken(
    fake_plugins: FakePlugins,
) -> None:
    source = "class Acme:\n openrange_contract = 1\n def complete(self, request): ...\n"
    fake_plugins.install_acme(source=source)

    assert type(resolve_backend("acme")).__name__ == "Acme"


def test_a_blocked_backend_is_refused_without_being_imported(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme()
    project_file('[plugins]\nblock = ["acme"]\n')

    message = failure("acme")

    assert "'acme' is blocked" in message
    assert "[plugins] block" in message
    assert fake_plugins.imported() == set()


def test_a_backend_of_the_core_can_be_blocked_too() -> None:
    project_file('[plugins]\nblock = ["offline"]\n')

    assert "'offline' is blocked" in failure("offline")


@pytest.fixture
def contested(fake_plugins: FakePlugins) -> FakePlugins:
    fake_plugins.install("openrange-acme", backends={"acme": "openrange_acme:Acme"})
    fake_plugins.install("acme-inc", "7.0", backends={"acme": "acme_inc:Acme"})
    return fake_plugins


def test_a_name_that_two_distributions_claim_is_an_error_that_names_both(
    contested: FakePlugins,
) -> None:
    message = failure("acme")

    assert "openrange-acme 1.0" in message
    assert "acme-inc 7.0" in message
    assert contested.imported() == set()


def test_the_pin_that_the_error_suggests_resolves_it(contested: FakePlugins) -> None:
    pin = failure("acme").partition("[plugins] ")[2]
    project_file(f"[plugins]\n{pin}\n")

    assert type(resolve_backend("acme")).__name__ == "Acme"
    assert len(contested.imported()) == 1


@pytest.mark.parametrize(
    ("pin", "module"),
    [("openrange-acme", "openrange_acme"), ("Acme.Inc", "acme_inc")],
)
def test_a_pin_chooses_one_of_two_distributions_by_any_spelling(
    contested: FakePlugins, pin: str, module: str
) -> None:
    project_file(f'[plugins]\npin = {{acme = "{pin}"}}\n')

    assert type(resolve_backend("acme")).__module__ == module
    assert contested.imported() == {module}


@pytest.mark.usefixtures("contested")
def test_a_pin_that_matches_no_claim_is_an_error_that_names_it() -> None:
    project_file('[plugins]\npin = {acme = "openrange-other"}\n')

    with pytest.raises(ConfigError, match="'acme' is pinned to 'openrange-other'"):
        resolve_backend("acme")


def test_a_contested_name_that_is_no_bare_key_can_be_pinned_as_suggested(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install("openrange-acme", backends={"acme.v2": "openrange_acme:Acme"})
    fake_plugins.install("acme-inc", backends={"acme.v2": "acme_inc:Acme"})
    project_file(f"[plugins]\n{failure('acme.v2').partition('[plugins] ')[2]}\n")

    assert type(resolve_backend("acme.v2")).__name__ == "Acme"


@pytest.mark.usefixtures("contested")
def test_a_contested_name_takes_no_other_down() -> None:
    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"


@pytest.mark.parametrize(
    ("source", "error", "words"),
    [
        ("raise ValueError('oh')", PackError, "the pack 'maze' of openrange-maze 1.0"),
        ("class Maze: ...", PackError, "not a subclass of openrange.Pack"),
        ("Maze = 1", PackError, "is not a class"),
    ],
)
def test_a_broken_pack_is_a_pack_error(
    fake_plugins: FakePlugins, source: str, error: type[OpenRangeError], words: str
) -> None:
    fake_plugins.install("openrange-maze", packs={"maze": "openrange_maze:Maze"}, source=source)

    with pytest.raises(error, match=words):
        Plugins().load(PACK, "maze")


def test_an_unknown_pack_brings_the_near_misses() -> None:
    with pytest.raises(PackError, match=r"no pack 'webap' \(did you mean 'webapp'\?\)"):
        Plugins().load(PACK, "webap")


def test_a_constructor_that_fails_is_told_as_the_backend_s_fault(
    fake_plugins: FakePlugins,
) -> None:
    source = ACME + "    def __post_init__(self):\n        raise KeyError('no such region')\n"
    fake_plugins.install_acme(source=source)

    with pytest.raises(ConfigError, match=r"'acme' does not accept its options: .*no such region"):
        resolve_backend("acme")
