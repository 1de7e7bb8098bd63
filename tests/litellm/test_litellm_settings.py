from __future__ import annotations

import copy
import importlib.metadata
import json
import tomllib
from pathlib import Path
from typing import Any

import pluggy
import pytest
import respx
from openrange_litellm import LiteLLMBackend
from openrange_litellm.library import TESTED
from openrange_litellm.providers import (
    DEFAULT_MODELS,
    DEFAULT_MODELS_BY_PLACE,
    provider_called,
    provider_of,
)
from provider_replies import SECRET

from openrange import LLMBackendError, LLMRequest
from openrange.plugins import hookspecs

ROOT = Path(__file__).parents[2]
PLUGIN = ROOT / "src" / "openrange-litellm"
MODEL = "groq/openai/gpt-oss-120b"

# Of these providers the installed LiteLLM has no list of chat models.
WITHOUT_A_LIST = {"openrouter", "nvidia_nim"}


def problem(llm: LiteLLMBackend) -> str:
    with pytest.raises(LLMBackendError) as caught:
        llm.preflight()
    assert caught.value.kind == "not-configured"
    return str(caught.value)


@pytest.fixture
def hooks() -> Any:
    manager = pluggy.PluginManager("openrange")
    manager.add_hookspecs(hookspecs)
    manager.register(LiteLLMBackend)
    return manager.hook


def test_a_complete_configuration_passes_the_preflight() -> None:
    LiteLLMBackend(MODEL, SECRET, extra_params={"temperature": 0.4}).preflight()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"model": "  "}, "model is empty"),
        ({"model": None}, "model is empty"),
        ({"timeout": 0}, "timeout must be a positive number"),
        ({"timeout": -1.5}, "timeout must be a positive number"),
        ({"timeout": "soon"}, "timeout must be a positive number"),
        ({"timeout": float("nan")}, "timeout must be a positive number"),
        ({"timeout": float("inf")}, "timeout must be a positive number"),
        ({"api_base": "ftp://host/v1"}, "api_base must be an http or https URL"),
        ({"api_base": "localhost:8000"}, "api_base must be an http or https URL"),
        ({"api_base": "http://[broken"}, "api_base must be an http or https URL"),
        ({"api_base": "https://me:secret@host/v1"}, "must not hold a user name"),
        ({"api_key": None}, "no key for groq: set GROQ_API_KEY"),
        ({"api_key": None, "api_key_env": "MY_KEY"}, "set MY_KEY"),
        ({"model": "chatgpt/gpt-5"}, "login in a browser"),
    ],
)
def test_the_preflight_says_what_is_wrong(fields: dict[str, Any], words: str) -> None:
    llm = LiteLLMBackend(**{"model": MODEL, "api_key": SECRET, **fields})
    said = problem(llm)
    assert words in said
    assert "secret@" not in said
    with pytest.raises(LLMBackendError, match=words.split(":")[0]):
        llm.complete(LLMRequest("Where?"))


def test_a_field_of_the_wrong_type_is_no_other_exception() -> None:
    llm = LiteLLMBackend(MODEL, 5)  # type: ignore[arg-type]
    with pytest.raises(LLMBackendError, match="AttributeError"):
        llm.complete(LLMRequest("Where?"))


def test_the_preflight_passes_what_only_litellm_can_judge() -> None:
    LiteLLMBackend("helicone/anything").preflight()
    LiteLLMBackend("gemini-3.5-flash").preflight()


def test_an_address_of_ones_own_needs_no_key() -> None:
    LiteLLMBackend("openai/anything", api_base="http://127.0.0.1:8000/v1").preflight()


def test_a_variable_with_an_address_of_ones_own_needs_no_key(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("MISTRAL_API_BASE", "http://127.0.0.1:8000/v1")
    LiteLLMBackend("mistral/anything").preflight()


@pytest.mark.parametrize(
    "extra",
    [
        {"model": "other"},
        {"messages": []},
        {"response_format": {"type": "text"}},
        {"api_key": "k"},
        {"base_url": "https://elsewhere.example"},
        {"timeout": 5},
        {"num_retries": 3},
        {"stream": True},
        {"tools": []},
        {"n": 2},
        {"additional_drop_params": ["response_format"]},
        {"mock_response": "Hi."},
        {"system": "Be long."},
        {"extra_body": {"messages": []}},
        {"extra_body": {"response_format": None}},
        {"output_config": {"format": {"type": "text"}}},
    ],
    ids=lambda extra: json.dumps(extra),
)
def test_parameters_cannot_displace_what_is_asked(
    extra: dict[str, Any], providers: respx.MockRouter
) -> None:
    llm = LiteLLMBackend(MODEL, SECRET, extra_params=extra)
    assert "extra_params" in problem(llm)
    assert "must not hold" in problem(llm)
    with pytest.raises(LLMBackendError, match="must not hold"):
        llm.complete(LLMRequest("Where?"))
    assert not providers.calls


@pytest.mark.parametrize(
    ("extra", "words"),
    [
        ({"azure_ad_token_provider": print}, "set AZURE_AD_TOKEN"),
        ({"logit_bias": {1, 2}}, "extra_params.logit_bias is of type set"),
        ({"temperature": float("nan")}, "extra_params.temperature is of type float"),
        ({"extra_body": {"seed": object()}}, "extra_params.extra_body.seed is of type object"),
    ],
    ids=["a callable", "a set", "no number", "an object"],
)
def test_parameters_that_are_no_json_are_refused_by_name(
    extra: dict[str, Any], words: str, providers: respx.MockRouter
) -> None:
    llm = LiteLLMBackend(MODEL, SECRET, extra_params=extra)
    assert words in problem(llm)
    with pytest.raises(LLMBackendError, match="no value of JSON"):
        llm.complete(LLMRequest("Where?"))
    assert not providers.calls


@pytest.mark.parametrize(
    ("installed", "notes"),
    [
        (TESTED, []),
        ("1.0.0", []),
        ("99.1.0", [f"LiteLLM 99.1.0 is newer than those tested, up to {TESTED}"]),
    ],
)
def test_a_litellm_that_is_newer_than_those_tested_is_noted(
    installed: str, notes: list[str], hooks: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(importlib.metadata, "version", lambda name: installed)
    assert hooks.openrange_notes() == [notes]


def test_the_newest_that_was_tested_is_the_one_that_is_pinned() -> None:
    pins = (ROOT / "constraints" / "tests.txt").read_text("utf-8").splitlines()
    assert f"litellm=={TESTED}" in pins


def test_it_can_be_copied_although_it_holds_a_key() -> None:
    llm = LiteLLMBackend(MODEL, SECRET)
    assert copy.deepcopy(llm) == llm


def test_its_variables_are_those_that_it_is_installed_and_known_under() -> None:
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text("utf-8"))["project"]
    registered = project["entry-points"]["openrange.detect"]
    known = json.loads((ROOT / "src/openrange/plugins/known_plugins.json").read_text("utf-8"))
    detecting = [*DEFAULT_MODELS, *DEFAULT_MODELS_BY_PLACE]
    assert list(registered) == known["plugins"]["openrange-litellm"]["variables"] == detecting
    assert set(registered.values()) == {"openrange_litellm:LiteLLMBackend"}


def test_its_readme_lists_the_variables_and_their_models() -> None:
    readme = (PLUGIN / "README.md").read_text("utf-8")
    for variable, model in DEFAULT_MODELS.items():
        (row,) = [line for line in readme.splitlines() if f"`{variable}`" in line]
        assert (f"`{model}`" if model else "none") in row


@pytest.mark.catalogue
@pytest.mark.filterwarnings("ignore::UserWarning")  # of LiteLLM's, as it imports a provider's code
@pytest.mark.parametrize("variable", DEFAULT_MODELS)
def test_a_variable_leads_to_a_model_of_its_provider_that_litellm_knows(
    variable: str, hooks: Any, litellm: Any
) -> None:
    (answer,) = hooks.openrange_environment(environ={variable: SECRET}, variable=variable)
    if variable.startswith("AZURE_"):
        assert answer == {}, "on Azure a model's name is that of the user's own deployment"
        return
    provider = provider_of(answer["model"])
    assert provider is not None
    assert variable in (provider_called(provider).variables + provider_called(provider).instead)
    name = litellm.get_llm_provider(answer["model"])[0]
    if provider in WITHOUT_A_LIST:
        assert not [known for known in litellm.model_list if known.startswith(f"{provider}/gpt")]
        return
    entry = litellm.model_cost.get(answer["model"]) or litellm.model_cost[name]
    assert entry["mode"] == "chat"
    assert "deprecation_date" not in entry


def test_a_backend_that_was_named_takes_the_first_key_with_a_model(hooks: Any) -> None:
    environ = {"AZURE_API_KEY": "a", "XAI_API_KEY": "b", "GROQ_API_KEY": "c"}
    answers = hooks.openrange_environment(environ=environ, variable=None)
    assert answers == [{"model": DEFAULT_MODELS["GROQ_API_KEY"]}]
    assert hooks.openrange_environment(environ={}, variable=None) == [{}]


def test_it_knows_keys_under_which_it_is_not_detected(hooks: Any) -> None:
    (variables,) = hooks.openrange_key_variables()
    assert set(DEFAULT_MODELS) <= set(variables)
    others = {"DATABRICKS_API_KEY", "HOSTED_VLLM_API_KEY", "HUGGINGFACE_API_KEY", "OLLAMA_API_KEY"}
    assert others <= set(variables)
    assert "AWS_SECRET_ACCESS_KEY" not in variables
