from __future__ import annotations

import pytest
from configured import project_file, resolved
from fake_plugins import FakePlugins

from openrange import ConfigError, resolve_backend

TYPED = """
from collections.abc import Collection, Mapping, Sequence
from typing import Literal, Protocol, TypedDict

class Shape(Protocol):
    side: int

class Spot(TypedDict):
    x: int

class Acme:
    def __init__(
        self,
        text: str = "",
        number: float = 0.0,
        count: int = 0,
        switch: bool = False,
        names: Sequence[str] = (),
        pair: tuple[str, int] = ("", 0),
        many: tuple[str, ...] = (),
        items: list[int] | None = None,
        bag: Collection[str] = (),
        table: Mapping[str, int] | None = None,
        size: Literal["small", "large"] = "small",
        either: int | str = 0,
        shape: Shape | None = None,
        spot: Spot | None = None,
        anything: object = None,
        untyped=None,
    ) -> None:
        self.given = {k: v for k, v in locals().items() if k != "self"}

    def complete(self, request): ...
"""


@pytest.fixture(autouse=True)
def _acme_is_installed(fake_plugins: FakePlugins) -> None:
    fake_plugins.install_acme(source=TYPED)


@pytest.mark.parametrize(
    ("assignment", "words"),
    [
        ("text=1", "text must be text, not 1"),
        ("text=true", "text must be text, not True"),
        ("text=[]", r"text must be text, not \[\]"),
        ("number=fast", "number must be a number, not 'fast'"),
        ("number=true", "number must be a number, not True"),
        ("number=[1]", r"number must be a number, not \[1\]"),
        ("count=1.5", "count must be an integer, not 1.5"),
        ("count=true", "count must be an integer, not True"),
        ("count='1'", "count must be an integer, not '1'"),
        ("switch=1", "switch must be true or false, not 1"),
        ("switch=yes", "switch must be true or false, not 'yes'"),
        ("names=a", "names must be a list of text, not 'a'"),
        ("names=[1]", r"names must be a list of text, not \[1\]"),
        ("many=[1]", r"many must be a list of text, not \[1\]"),
        ("items=1", "items must be a list of integers, not 1"),
        ("items=['a']", r"items must be a list of integers, not \['a'\]"),
        ("table=1", "table must be a table of integers, not 1"),
        ("table=[]", r"table must be a table of integers, not \[\]"),
        ("table.a=x", "table must be a table of integers"),
        ("size=huge", "size must be 'small' or 'large', not 'huge'"),
        ("either=1.5", "either must be an integer or text, not 1.5"),
        ("pair=['a']", "pair must be a list"),
    ],
)
def test_a_value_of_the_wrong_type_is_an_error_in_plain_words(assignment: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"'acme': {words}"):
        resolved(assignment, backend="acme")


@pytest.mark.parametrize(
    ("assignment", "name", "value"),
    [
        ("text=a", "text", "a"),
        ("number=1", "number", 1),
        ("number=1.5", "number", 1.5),
        ("count=1", "count", 1),
        ("switch=true", "switch", True),
        ("names=['a']", "names", ["a"]),
        ("names=[]", "names", []),
        ("pair=['a', 1]", "pair", ["a", 1]),
        ("many=['a', 'b']", "many", ["a", "b"]),
        ("items=[1]", "items", [1]),
        ("bag=['a']", "bag", ["a"]),
        ("table.a=1", "table", {"a": 1}),
        ("size=large", "size", "large"),
        ("either=x", "either", "x"),
        ("either=1", "either", 1),
        ("shape.side=1", "shape", {"side": 1}),
        ("spot.x=1", "spot", {"x": 1}),
        ("anything=[1]", "anything", [1]),
        ("untyped.a=1", "untyped", {"a": 1}),
    ],
)
def test_a_value_of_the_right_type_is_passed_on(assignment: str, name: str, value: object) -> None:
    backend = resolved(assignment, backend="acme").backend

    assert backend.given[name] == value  # type: ignore[attr-defined]


def test_a_date_in_a_file_is_no_text() -> None:
    project_file('[llm]\nbackend = "acme"\nmodel = 2024-05-01\n')
    with pytest.raises(ConfigError):
        resolved()
    project_file('[llm]\nbackend = "openai-compatible"\nmodel = 2024-05-01\n')
    with pytest.raises(ConfigError, match="model must be text"):
        resolved()


@pytest.mark.parametrize(
    ("backend", "assignment", "words"),
    [
        ("openai-compatible", "base_url=1", "base_url must be text"),
        ("openai-compatible", "temperature=hot", "temperature must be a number"),
        ("openai-compatible", "max_tokens=1.5", "max_tokens must be an integer"),
        ("openai-compatible", "extra_headers=x", "extra_headers must be a table"),
        ("openai-compatible", "extra_headers.X=1", "extra_headers must be a table of text"),
        ("openai-compatible", "extra_body=[]", "extra_body must be a table"),
        ("openai-compatible", "json_schema_strict=1", "json_schema_strict must be true or false"),
        ("openai-compatible", "max_retries=two", "max_retries must be an integer"),
        ("codex", "command=1", "command must be text"),
        ("codex", "cwd=1", "cwd must be text or a path"),
        ("codex", "timeout=soon", "timeout must be a number"),
        ("codex", "config_overrides=a=b", "config_overrides must be a list"),
        ("codex", "config_overrides=[1]", "config_overrides must be a list of text"),
    ],
)
def test_the_core_s_backends_check_their_options(backend: str, assignment: str, words: str) -> None:
    with pytest.raises(ConfigError, match=f"'{backend}': {words}"):
        resolved(assignment, backend=backend)


def test_a_python_call_is_checked_too() -> None:
    with pytest.raises(ConfigError, match="timeout must be a number"):
        resolve_backend("openai-compatible", timeout="soon")


def test_a_class_without_a_readable_signature_takes_no_options(fake_plugins: FakePlugins) -> None:
    source = "class Acme(int):\n    def complete(self, request): ...\n    __signature__ = 3\n"
    fake_plugins.install("openrange-bolt", backends={"bolt": "openrange_bolt:Acme"}, source=source)

    assert type(resolve_backend("bolt")).__name__ == "Acme"
    with pytest.raises(ConfigError, match="'bolt' has no option 'x'; it takes none"):
        resolve_backend("bolt", x=1)
