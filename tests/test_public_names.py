from __future__ import annotations

import subprocess
import sys

import pytest
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins

import openrange
from openrange import BackendNotFoundError

INSTALL = "pip install . ./src/openrange-litellm"


@pytest.fixture(autouse=True)
def _forget_the_plugin_s_class(fake_plugins: FakePlugins, monkeypatch: pytest.MonkeyPatch) -> None:
    """`openrange` keeps a name once it was asked for; no test keeps another's."""
    monkeypatch.delitem(vars(openrange), "LiteLLMBackend", raising=False)


def test_without_the_plugin_its_class_is_no_public_name() -> None:
    assert "LiteLLMBackend" not in dir(openrange)
    assert "LiteLLMBackend" not in openrange.__all__


def test_importing_the_class_without_its_plugin_says_what_to_install() -> None:
    with pytest.raises(ImportError) as caught:
        from openrange import LiteLLMBackend  # noqa: F401

    assert isinstance(caught.value, BackendNotFoundError)
    assert "openrange-litellm" in str(caught.value)
    assert INSTALL in str(caught.value)


def test_with_the_plugin_its_class_is_a_public_name_without_an_import(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_litellm()

    assert "LiteLLMBackend" in dir(openrange)
    assert "LiteLLMBackend" in openrange.__all__
    assert fake_plugins.imported() == set()


def test_with_the_plugin_its_class_is_the_one_of_the_entry_point(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_litellm()

    from openrange import LiteLLMBackend

    assert LiteLLMBackend.__module__ == "litellm_stand_in"


def test_importing_the_class_of_a_broken_plugin_names_the_cause(
    fake_plugins: FakePlugins,
) -> None:
    fake_plugins.install_litellm(source="raise RuntimeError('half installed')")

    with pytest.raises(ImportError, match=r"openrange-litellm 2\.0\.0.*half installed") as caught:
        from openrange import LiteLLMBackend  # noqa: F401

    assert isinstance(caught.value, BackendNotFoundError)


def test_a_star_import_brings_every_public_name_that_there_is(fake_plugins: FakePlugins) -> None:
    without: dict[str, object] = {}
    exec("from openrange import *", without)
    fake_plugins.install_litellm()
    with_plugin: dict[str, object] = {}
    exec("from openrange import *", with_plugin)

    assert {"LLMRequest", "CodexBackend", "build"} <= without.keys()
    assert with_plugin.keys() - without.keys() == {"LiteLLMBackend"}


def test_every_public_name_can_be_had_and_is_listed() -> None:
    for name in openrange.__all__:
        assert getattr(openrange, name) is not None
        assert name in dir(openrange)


def test_an_unknown_name_is_an_attribute_error() -> None:
    assert not hasattr(openrange, "LightLLMBackend")
    with pytest.raises(AttributeError, match="no attribute 'LightLLMBackend'"):
        _ = openrange.LightLLMBackend
    with pytest.raises(ImportError, match="cannot import name 'LightLLMBackend'"):
        from openrange import LightLLMBackend  # noqa: F401


def test_importing_openrange_imports_no_dependency() -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-c", "import openrange"],
        capture_output=True,
        text=True,
        check=True,
    )
    modules = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines()
    }

    assert "openrange" in modules
    heavy = {"litellm", "click", "rich", "jsonschema", "yaml", "pluggy", "platformdirs", "rstr"}
    assert modules & heavy == set()
