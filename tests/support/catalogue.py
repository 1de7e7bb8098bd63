"""What LiteLLM lists now, and how that differs from what the suite was written for.

As a program, it writes down what LiteLLM lists: do that with a new release, and look at the change.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from in_process import litellm
from openrange_litellm.providers import DEFAULT_MODELS, DEFAULT_MODELS_BY_PLACE
from providers_left_out import LEFT_OUT_MODELS

FILE = Path(__file__).with_name("provider_models.json")
# A name made up for a provider without a table, where it has to have a form of its own.
_MADE_UP = {"ragflow": "chat/1/a-model"}


def listed() -> dict[str, list[str]]:
    """Every provider of the installed LiteLLM, and up to three of its models, spread out."""
    names = sorted(str(getattr(name, "value", name)) for name in litellm().provider_list)
    return {name: _spread(_models(name)) for name in names}


def drift() -> Iterator[str]:
    """What is no longer as it was written down, a line each."""
    known, now = json.loads(FILE.read_text("utf-8")), listed()
    yield from (f"a provider that is not in the suite | {name}" for name in now.keys() - known)
    yield from (f"a provider that is listed no more | {name}" for name in known.keys() - now)
    costs = litellm().model_cost
    for model in filter(None, {*DEFAULT_MODELS.values(), *DEFAULT_MODELS_BY_PLACE.values()}):
        entry = costs.get(model) or costs.get(model.partition("/")[2]) or {}
        if retired := entry.get("deprecation_date"):
            yield f"a default model with a date of retirement | {model}: {retired}"
    for name, models in known.items():
        for model in set(models) - set(now.get(name, models)):
            yield f"a model in the place of which another one would be taken | {model}"


def _models(provider: str) -> list[str]:
    """A provider's models that chat, first the plugin's default; or else one that is made up."""
    table = {
        name: entry
        for name, entry in litellm().model_cost.items()
        if entry.get("litellm_provider") == provider and "deprecation_date" not in entry
    }
    defaults = [m for m in DEFAULT_MODELS.values() if m and m.startswith(f"{provider}/")]
    chat = [name for name, entry in table.items() if entry.get("mode") == "chat"]
    completion = [name for name, entry in table.items() if entry.get("mode") == "completion"]
    others = [
        name
        for name in sorted(litellm().models_by_provider.get(provider, ()))
        if name not in litellm().model_cost
    ]
    names = [*defaults, *(chat or completion or others or [_MADE_UP.get(provider, "a-model")])]
    whole = (name if name.startswith(f"{provider}/") else f"{provider}/{name}" for name in names)
    return [name for name in dict.fromkeys(whole) if name not in LEFT_OUT_MODELS]


def _spread(models: list[str]) -> list[str]:
    step = max(1, len(models) // 3)
    return [models[0], *models[step::step][:2]]


if __name__ == "__main__":
    rows = (f"{json.dumps(name)}: {json.dumps(models)}" for name, models in listed().items())
    FILE.write_text("{\n" + ",\n".join(rows) + "\n}\n", "utf-8")
