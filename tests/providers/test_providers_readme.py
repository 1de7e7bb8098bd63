from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

import pytest
from chat_providers import ChatProvider, chat_providers
from openrange_litellm.providers import DEFAULT_MODELS
from provider_checks import IN_WORDS, body_with_the_schema, set_up
from provider_wire import Wire

README = Path(__file__).parents[2] / "src" / "openrange-litellm" / "README.md"
HEADER = "| Variable | Provider | Default model | How a schema is asked for |"


def defaults() -> Iterator[tuple[ChatProvider, list[str]]]:
    """Each provider that is detected, in that order, and its variables."""
    providers = {provider.name: provider for provider in chat_providers()}
    for name, variables in groupby(DEFAULT_MODELS, name_of_provider):
        yield providers[name], list(variables)


def name_of_provider(variable: str) -> str:
    model = DEFAULT_MODELS[variable]
    return (model or variable.removesuffix("_API_KEY").lower()).partition("/")[0]


def row(provider: ChatProvider, variables: list[str], body: str) -> str:
    model = DEFAULT_MODELS[variables[0]]
    cells = (
        ", ".join(f"`{variable}`" for variable in variables),
        f"`{provider.name}`",
        f"`{model}`" if model else "none: name your deployment",
        "in the prompt" if IN_WORDS in body else "natively",
    )
    return f"| {' | '.join(cells)} |"


@pytest.mark.catalogue
def test_the_readme_says_what_each_provider_is_sent(monkeypatch: pytest.MonkeyPatch) -> None:
    rows: list[str] = []
    for provider, variables in defaults():
        with monkeypatch.context() as alone, Wire().in_place(alone) as wire:
            set_up(provider, alone)
            model = DEFAULT_MODELS[variables[0]]
            rows.append(row(provider, variables, body_with_the_schema(provider, wire, model)))
    lines = README.read_text("utf-8").splitlines()
    start = lines.index(HEADER)
    end = lines.index("", start)
    written = lines[start + 2 : end]
    assert written == rows, "\n".join(rows)
