from __future__ import annotations

import pytest
from configured import resolved
from fake_plugins import FakePlugins

from openrange import ConfigError
from openrange.configure.layers import command_layer


@pytest.mark.parametrize(
    ("assignment", "options"),
    [
        ("timeout=30", {"timeout": 30}),
        ("temperature=0.5", {"temperature": 0.5}),
        ("json_schema_strict=true", {"json_schema_strict": True}),
        ('stop=["a", "b"]', {"stop": ["a", "b"]}),
        ("extra_body={a = 1}", {"extra_body": {"a": 1}}),
        ("extra_body.a.b=1", {"extra_body": {"a": {"b": 1}}}),
        (" extra_body . a = 1", {"extra_body": {"a": 1}}),
        ('model="7"', {"model": "7"}),
        ("model=gpt-4o", {"model": "gpt-4o"}),
        ("model=", {"model": ""}),
        ("model=a=b", {"model": "a=b"}),
        ("base_url=http://127.0.0.1:1/v1", {"base_url": "http://127.0.0.1:1/v1"}),
        ("model=2024-05-01", {"model": "2024-05-01"}),
        ("model=07:32:00", {"model": "07:32:00"}),
        ("model=2024-05-01T07:32:00Z", {"model": "2024-05-01T07:32:00Z"}),
        ("model=one\ntwo", {"model": "one\ntwo"}),
        ("model=1\nbackend = 'codex'", {"model": "1\nbackend = 'codex'"}),
        ("model=1\n[other]", {"model": "1\n[other]"}),
        ("model=" + "[" * 5000, {"model": "[" * 5000}),
        ("model=" + "1" * 5000, {"model": "1" * 5000}),
    ],
)
def test_an_assignment_has_a_dotted_key_and_a_toml_value_or_plain_text(
    assignment: str, options: dict[str, object]
) -> None:
    assert command_layer(None, None, [assignment]).options == options


@pytest.mark.parametrize("assignment", ["timeout", "=3", "a..b=3", ".a=3", "a.=3", "", " = "])
def test_an_assignment_without_a_key_or_a_value_is_an_error(assignment: str) -> None:
    with pytest.raises(ConfigError, match="expected KEY=VALUE"):
        command_layer(None, None, [assignment])


@pytest.mark.parametrize(
    "assignments",
    [
        ["a=1", "a.b=2"],
        ["a.b=2", "a=1"],
        ["a.b.c=2", "a.b=1"],
        ["a.b=2", "a={c = 3}"],
    ],
)
def test_assignments_that_contradict_each_other_are_an_error(assignments: list[str]) -> None:
    with pytest.raises(ConfigError, match="a"):
        command_layer(None, None, assignments)


def test_assignments_to_one_table_add_up() -> None:
    layer = command_layer(None, None, ["a={b = 1}", "a.c=2", "a.d.e=3"])

    assert layer.options == {"a": {"b": 1, "c": 2, "d": {"e": 3}}}


def test_the_last_of_two_equal_keys_counts() -> None:
    assert command_layer(None, None, ["a=1", "a=2"]).options == {"a": 2}


@pytest.mark.parametrize("assignment", ["backend=codex", "backend.x=1"])
def test_the_backend_is_no_option_of_a_backend(assignment: str) -> None:
    with pytest.raises(ConfigError, match="use --backend"):
        command_layer(None, None, [assignment])


def test_the_model_has_an_option_of_its_own() -> None:
    assert command_layer("codex", "m").options == {"model": "m"}


def test_an_unknown_option_brings_the_near_misses_and_the_known_ones() -> None:
    with pytest.raises(ConfigError) as caught:
        resolved("temprature=1", backend="openai-compatible")

    assert "'openai-compatible' has no option 'temprature'" in str(caught.value)
    assert "did you mean 'temperature'?" in str(caught.value)
    assert "max_tokens" in str(caught.value)


def test_a_backend_without_options_says_that_it_takes_none() -> None:
    with pytest.raises(ConfigError, match="'offline' has no option 'seed'; it takes none"):
        resolved("seed=1", backend="offline")


def test_a_missing_option_is_named_with_the_way_to_give_it(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_litellm()

    with pytest.raises(ConfigError) as caught:
        resolved(backend="litellm")

    assert "'litellm' needs the option 'model'" in str(caught.value)
    assert "--model" in str(caught.value)
    assert "OPENRANGE_MODEL" in str(caught.value)
