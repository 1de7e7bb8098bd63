from __future__ import annotations

import pytest
from configured import project_file, resolved
from fake_plugins import ACME, FakePlugins

from openrange import BackendNotFoundError, ConfigError, resolve_backend

HOOKS = (
    ACME.replace("import LLMResult", "import LLMResult, hookimpl")
    + """
    @classmethod
    @hookimpl
    def openrange_environment(cls, environ, variable):
        return {"region": environ.get("ACME_REGION"), "model": str(variable)}

    @classmethod
    @hookimpl
    def openrange_key_variables(cls):
        return ["ACME_SPARE_KEY"]
"""
)


def with_hook(body: str) -> str:
    """Acme with one more class method, which is a hook."""
    source = ACME.replace("import LLMResult", "import LLMResult, hookimpl")
    return source + "\n    @classmethod\n    @hookimpl\n    " + body + "\n"


def test_a_hook_inside_a_class_method_gives_settings_from_the_environment(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=HOOKS)
    monkeypatch.setenv("ACME_REGION", "north")

    named = resolved(backend="acme")

    assert named.options["region"] == ("north", "the environment")
    assert named.options["model"] == ("None", "the environment")


def test_a_hook_learns_the_variable_that_chose_the_backend(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=HOOKS)
    monkeypatch.setenv("ACME_API_KEY", "k")

    assert resolved().options["model"] == ("ACME_API_KEY", "the environment")


def test_a_hook_is_weaker_than_every_layer(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=HOOKS)
    monkeypatch.setenv("ACME_REGION", "north")
    project_file('[llm]\nbackend = "acme"\nmodel = "mine"\n')

    assert resolved().options["model"] == ("mine", "openrange.toml")


def test_a_hook_sees_no_blank_variable(
    fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch
) -> None:
    fake_plugins.install_acme(source=HOOKS)
    monkeypatch.setenv("ACME_REGION", "  ")

    assert resolved(backend="acme").options["region"] == (None, "the environment")


def test_a_hook_declares_further_key_variables(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=HOOKS)
    project_file('[llm]\nbackend = "acme"\napi_key_env = "ACME_SPARE_KEY"\n')

    assert resolved().options["api_key_env"] == ("ACME_SPARE_KEY", "openrange.toml")


def test_an_option_from_a_hook_that_the_backend_does_not_have_is_an_error(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_acme(
        source=with_hook("def openrange_environment(cls): return {'regoin': 1}")
    )

    with pytest.raises(ConfigError, match=r"no option 'regoin' \(did you mean 'region'\?\)"):
        resolve_backend("acme")


@pytest.mark.parametrize(
    ("body", "cause"),
    [
        ("def openrange_environment(cls): raise RuntimeError('no luck')", "RuntimeError: no luck"),
        ("def openrange_environment(cls): return 3", "int"),
        ("def openrange_environment(cls, planet): return {}", "planet"),
        ("def openrange_key_variables(cls): raise SystemExit(3)", "SystemExit"),
        ("def openrange_key_variables(cls): return 'ACME_KEY'", "str"),
    ],
)
def test_a_broken_hook_is_told_as_its_plugin_s_fault(
    fake_plugins: FakePlugins, body: str, cause: str
) -> None:
    fake_plugins.install_acme(version="3.1", source=with_hook(body))

    with pytest.raises(BackendNotFoundError) as caught:
        resolve_backend("acme")

    assert "openrange-acme 3.1" in str(caught.value)
    assert cause in str(caught.value)


def test_a_broken_hook_takes_no_other_backend_down(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=with_hook("def openrange_environment(cls): return 3"))

    assert type(resolve_backend("offline")).__name__ == "OfflineBackend"
