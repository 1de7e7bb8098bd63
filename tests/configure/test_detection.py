from __future__ import annotations

import json
from importlib import resources
from pathlib import Path

import pytest
from configured import project_file, resolved
from fake_plugins import LITELLM, FakePlugins

from openrange import (
    BackendNotFoundError,
    LLMRequest,
    OpenAICompatibleBackend,
    resolve_backend,
)
from openrange.configure.detection import detection_order
from openrange.testing.chat_server import ChatServer

NO_PROGRAM = "no codex or claude program is signed in"
RAISES = "raise RuntimeError('this module must not be imported')\n"


@pytest.fixture
def litellm(fake_plugins: FakePlugins) -> FakePlugins:
    fake_plugins.install_litellm()
    return fake_plugins


def set_all(monkeypatch: pytest.MonkeyPatch, *variables: str) -> None:
    for variable in variables:
        monkeypatch.setenv(variable, "k")


def test_nothing_set_means_offline_and_says_so() -> None:
    found = resolved()

    assert found.name == "offline"
    assert found.why == f"no key that is detected is set, and {NO_PROGRAM}"


def test_the_key_of_openai_chooses_the_backend_that_starts_at_once(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, "OPENAI_API_KEY")

    found = resolved()

    assert found.name == "openai-compatible"
    assert found.why == "OPENAI_API_KEY is set"
    assert found.options == {}


def test_a_base_url_chooses_it_too_and_the_only_model_is_asked_for(
    monkeypatch: pytest.MonkeyPatch, server: ChatServer
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", server.url)

    found = resolved()
    found.backend.complete(LLMRequest("hello"))

    assert found.why == "OPENAI_BASE_URL is set"
    assert found.options["base_url"] == (server.url, "the environment")
    assert server.seen[-1].body["model"] == "only-model"
    assert "Authorization" not in server.seen[-1].headers


def test_a_model_for_a_base_url_can_be_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    monkeypatch.setenv("OPENRANGE_MODEL", "mine")

    assert resolved().options["model"] == ("mine", "the environment")


@pytest.mark.parametrize("blank", ["", " ", "\t\n"])
def test_a_blank_variable_does_not_count(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins, blank: str
) -> None:
    for variable in ("OPENAI_API_KEY", "OPENAI_BASE_URL", "ANTHROPIC_API_KEY"):
        monkeypatch.setenv(variable, blank)

    assert resolved().name == "offline"
    assert litellm.imported() == set()


def test_a_plugin_s_variable_chooses_it_and_its_hook_names_the_model(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY")

    found = resolved()

    assert found.name == "litellm"
    assert found.why == "ANTHROPIC_API_KEY is set"
    assert found.options == {"model": ("anthropic/claude", "the environment")}
    assert litellm.imported() == {"litellm_stand_in"}


def test_several_keys_are_taken_in_one_order_and_the_others_are_named(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    set_all(monkeypatch, "GROQ_API_KEY", "GEMINI_API_KEY", "ANTHROPIC_API_KEY")
    assert resolved().why == "ANTHROPIC_API_KEY is set (also set: GEMINI_API_KEY, GROQ_API_KEY)"

    monkeypatch.delenv("ANTHROPIC_API_KEY")
    found = resolved()
    assert found.why == "GEMINI_API_KEY is set (also set: GROQ_API_KEY)"
    assert found.options["model"][0] == "gemini/flash"


def test_the_core_comes_before_the_plugins_and_imports_none(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY", "OPENAI_API_KEY")

    found = resolved()

    assert found.name == "openai-compatible"
    assert found.why == "OPENAI_API_KEY is set (also set: ANTHROPIC_API_KEY)"
    assert litellm.imported() == set()


def test_the_order_is_the_core_s_then_that_of_the_known_plugins_then_the_alphabet(
    fake_plugins: FakePlugins,
) -> None:
    value = "openrange_zeta:Acme"
    fake_plugins.install(
        "openrange-zeta", backends={"zeta": value}, detect={"ZETA_KEY": value, "ALPHA_KEY": value}
    )
    raw = resources.files("openrange.plugins").joinpath("known_plugins.json").read_text("utf-8")
    known = json.loads(raw)["plugins"]["openrange-litellm"]["variables"]

    assert detection_order() == [
        "OPENAI_API_KEY",
        "OPENAI_BASE_URL",
        "OPENAI_API_BASE",
        *known,
        "ALPHA_KEY",
        "ZETA_KEY",
    ]


def test_strangers_come_after_known_plugins_by_the_alphabet_of_their_variables(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    litellm.install_acme(detect={"A_KEY": "openrange_acme:Acme"})
    litellm.install(
        "openrange-bolt",
        backends={"bolt": "openrange_bolt:Acme"},
        detect={"B_KEY": "openrange_bolt:Acme"},
    )
    set_all(monkeypatch, "A_KEY", "B_KEY", "GROQ_API_KEY")
    monkeypatch.setenv("OPENRANGE_MODEL", "m")
    assert resolved().why == "GROQ_API_KEY is set (also set: A_KEY, B_KEY)"

    monkeypatch.delenv("GROQ_API_KEY")
    assert (resolved().name, resolved().why) == ("acme", "A_KEY is set (also set: B_KEY)")
    assert "openrange_bolt" not in litellm.imported()


@pytest.mark.parametrize("site", ["first", "a-later-one"])
def test_a_stranger_that_claims_a_variable_of_the_core_does_not_displace_it(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, site: str
) -> None:
    fake_plugins.install_acme(
        detect={"OPENAI_API_KEY": "openrange_acme:Acme"}, source=RAISES, site=site
    )
    set_all(monkeypatch, "OPENAI_API_KEY")

    assert resolved().name == "openai-compatible"


@pytest.mark.parametrize("order", [["aaa", "openrange-litellm"], ["openrange-litellm", "aaa"]])
def test_a_stranger_that_claims_a_variable_of_a_known_plugin_does_not_displace_it(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    for number, name in enumerate(order):
        value = f"module_{number}:{'Acme' if name == 'aaa' else 'LiteLLMBackend'}"
        fake_plugins.install(
            name,
            backends={"aaa" if name == "aaa" else "litellm": value},
            detect={"ANTHROPIC_API_KEY": value},
            source=RAISES if name == "aaa" else LITELLM,
            module=f"module_{number}",
            site=name,
        )
    set_all(monkeypatch, "ANTHROPIC_API_KEY")

    assert resolved().name == "litellm"


@pytest.mark.parametrize("order", [["bolt", "acme"], ["acme", "bolt"]])
def test_of_two_strangers_that_claim_one_variable_the_first_by_name_is_taken(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch, order: list[str]
) -> None:
    for name in order:
        value = f"openrange_{name}:Acme"
        fake_plugins.install(
            f"openrange-{name}", backends={name: value}, detect={"SOME_KEY": value}, site=name
        )
    set_all(monkeypatch, "SOME_KEY")

    assert resolved().name == "acme"


def test_a_stranger_may_serve_a_variable_of_a_plugin_that_is_not_installed(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(detect={"ANTHROPIC_API_KEY": "openrange_acme:Acme"})
    set_all(monkeypatch, "ANTHROPIC_API_KEY")

    assert resolved().name == "acme"


def test_a_blocked_plugin_is_passed_over(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY")
    project_file('[plugins]\nblock = ["litellm"]\n')

    found = resolved()

    assert found.name == "offline"
    assert "ANTHROPIC_API_KEY is set" in found.why
    assert "no key that is detected is set" not in found.why
    assert litellm.imported() == set()


def test_a_blocked_backend_of_the_core_gives_way_to_the_next_variable(
    monkeypatch: pytest.MonkeyPatch, litellm: FakePlugins
) -> None:
    set_all(monkeypatch, "OPENAI_API_KEY", "GEMINI_API_KEY")
    project_file('[plugins]\nblock = ["openai-compatible"]\n')

    assert resolved().why == "GEMINI_API_KEY is set"


def test_a_broken_plugin_whose_variable_is_not_set_does_no_harm(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_litellm(source=RAISES)
    assert resolved().name == "offline"

    set_all(monkeypatch, "ANTHROPIC_API_KEY")
    with pytest.raises(BackendNotFoundError, match=r"openrange-litellm 2\.0\.0 cannot be"):
        resolved()


def test_a_variable_for_a_class_that_no_backend_of_that_distribution_is_chooses_nothing(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(detect={"ACME_API_KEY": "openrange_acme:Other"})
    fake_plugins.install(
        "openrange-bolt", detect={"BOLT_KEY": "openrange_acme:Acme"}, backends={}, source=RAISES
    )
    set_all(monkeypatch, "ACME_API_KEY", "BOLT_KEY")

    assert resolved().name == "offline"


@pytest.mark.parametrize(
    "variable",
    [
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY",
        "AWS_SESSION_TOKEN",
        "AWS_PROFILE",
        "HUGGINGFACE_API_KEY",
        "HF_TOKEN",
        "DATABRICKS_API_KEY",
        "DATABRICKS_TOKEN",
        "GITHUB_TOKEN",
        "GOOGLE_APPLICATION_CREDENTIALS",
    ],
)
def test_a_variable_that_is_set_for_other_reasons_chooses_nothing(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    set_all(monkeypatch, variable)

    assert variable not in detection_order()
    assert resolved().name == "offline"


@pytest.mark.parametrize("variable", ["ANTHROPIC_API_KEY", "AWS_BEARER_TOKEN_BEDROCK"])
def test_a_key_that_only_a_missing_plugin_uses_names_the_plugin(
    monkeypatch: pytest.MonkeyPatch, variable: str
) -> None:
    set_all(monkeypatch, variable)

    with pytest.raises(BackendNotFoundError) as caught:
        resolved()

    assert f"{variable} is set" in str(caught.value)
    assert "openrange-litellm" in str(caught.value)
    assert "pip install . ./src/openrange-litellm" in str(caught.value)
    assert "--backend offline" in str(caught.value)


def test_a_key_of_a_missing_plugin_does_not_stop_who_names_a_backend(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY")

    assert resolved(backend="offline").name == "offline"


def test_a_key_of_a_missing_plugin_does_not_stop_the_core(monkeypatch: pytest.MonkeyPatch) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY", "OPENAI_API_KEY")

    assert resolved().why == "OPENAI_API_KEY is set"


@pytest.mark.usefixtures("signed_in_codex")
def test_a_signed_in_codex_is_taken_where_no_key_is_set(monkeypatch: pytest.MonkeyPatch) -> None:
    found = resolved()
    assert found.name == "codex"
    assert found.why == "the codex program is signed in, and no key that is detected is set"

    set_all(monkeypatch, "OPENAI_API_KEY")
    assert resolved().name == "openai-compatible"


@pytest.mark.usefixtures("signed_in_codex")
def test_a_signed_in_codex_is_taken_where_a_set_key_is_of_no_use(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    set_all(monkeypatch, "ANTHROPIC_API_KEY")

    found = resolved()

    assert found.name == "codex"
    assert "ANTHROPIC_API_KEY is set" in found.why
    assert "no key that is detected is set" not in found.why


def test_the_account_of_codex_is_looked_for_at_home_too(
    signed_in_codex: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CODEX_HOME")
    assert resolved().name == "offline"

    signed_in_codex.rename(Path.home() / ".codex")
    assert resolved().name == "codex"


def test_a_codex_that_is_not_signed_in_is_not_taken(signed_in_codex: Path) -> None:
    (signed_in_codex / "auth.json").unlink()

    assert resolved().name == "offline"


def test_a_codex_that_is_not_installed_is_not_taken(
    signed_in_codex: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (signed_in_codex.parent / "bin" / "codex").unlink()
    monkeypatch.setenv("PATH", str(signed_in_codex.parent / "bin"))

    assert resolved().name == "offline"


@pytest.mark.usefixtures("signed_in_codex")
def test_a_blocked_codex_is_passed_over() -> None:
    project_file('[plugins]\nblock = ["codex"]\n')

    assert resolved().name == "offline"


def test_where_everything_is_blocked_the_error_says_so() -> None:
    project_file('[plugins]\nblock = ["offline"]\n')

    with pytest.raises(BackendNotFoundError, match="'offline' is blocked"):
        resolved()


def test_a_variable_whose_distribution_registers_no_backend_is_explained(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(backends={})
    monkeypatch.setenv("ACME_API_KEY", "k")
    found = resolved()
    assert found.name == "offline"
    assert "openrange-acme 1.0 registers the variable, and no backend with it" in found.why


def test_the_server_of_the_environment_says_nothing_of_one_that_is_named(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", "http://127.0.0.1:1/v1")
    named = {"base_url": "http://127.0.0.1:2/v1"}
    assert resolve_backend("openai-compatible", **named) == OpenAICompatibleBackend(**named)
    assert resolve_backend(None, **named) == OpenAICompatibleBackend(**named)
    asked = resolve_backend("openai-compatible", timeout=5.0)
    assert asked == OpenAICompatibleBackend("http://127.0.0.1:1/v1", None, timeout=5.0)
