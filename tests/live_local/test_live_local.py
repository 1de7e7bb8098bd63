from __future__ import annotations

from collections.abc import Mapping
from typing import cast

import pytest

import openrange

# A long design takes its time on a slow machine. It has bounds, but the white space between its
# values has none in the server's grammar: hence the limit on tokens.
SECONDS, TOKENS = 400.0, 4096

WORLDS = (
    (0, "A bakery with three shops."),
    (1, "A museum of clocks."),
    (2, "A shipping company at a river."),
)

CONFIGURED: Mapping[str, Mapping[str, object]] = {
    "openai-compatible": {"model": "smollm2", "max_tokens": TOKENS},
    "litellm": {"model": "openai/smollm2", "extra_params": {"max_tokens": TOKENS}},
}
WHERE = {"openai-compatible": "base_url", "litellm": "api_base"}
SLOTS = ("company", "tagline", "about", "story")


@pytest.fixture(params=CONFIGURED)
def llm(request: pytest.FixtureRequest, base_url: str) -> openrange.LLMBackend:
    options = {**CONFIGURED[request.param], WHERE[request.param]: base_url, "timeout": SECONDS}
    return openrange.resolve_backend(request.param, **options)


def test_every_world_that_a_tiny_model_designs_is_admitted(llm: openrange.LLMBackend) -> None:
    snapshots = [openrange.build(llm=llm, seed=seed, prompt=prompt) for seed, prompt in WORLDS]
    for snapshot in snapshots:
        metadata = snapshot.metadata
        checks = cast(list[Mapping[str, object]], metadata["admission"])
        assert checks
        assert all(check["passed"] for check in checks)
        assert metadata["model"] == "smollm2"
        assert metadata["attempts"] == 1
        # The server's grammar is what makes it conform, so nothing had to be asked for again.
        assert cast(Mapping[str, object], metadata["usage"])["requests"] == 1
    written = {tuple(str(snapshot.world[slot]) for slot in SLOTS) for snapshot in snapshots}
    assert len(written) == len(WORLDS)


def test_a_base_url_in_the_environment_is_all_that_a_local_server_needs(
    base_url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("OPENAI_BASE_URL", base_url)
    schema = {
        "type": "object",
        "properties": {"answer": {"type": "string", "enum": ["yes", "no"]}},
        "required": ["answer"],
        "additionalProperties": False,
    }
    request = openrange.LLMRequest("Is water wet?", json_schema=schema)
    parsed = openrange.resolve_backend().complete(request).parsed_json
    assert parsed in ({"answer": "yes"}, {"answer": "no"})
