from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

import openrange

# A long design takes its time on a slow machine. Its texts are bounded, but the server's grammar
# sets no bound to the white space between them: hence the limit on tokens.
SECONDS, TOKENS = 400.0, 4096

WORLDS = (
    (0, "A bakery with three shops."),
    (1, "A museum of clocks."),
    (2, "A shipping company at a river."),
)


# Three designs, one after the other.
pytestmark = pytest.mark.timeout(4 * SECONDS)


def options_for(backend: str, base_url: str) -> Mapping[str, Any]:
    if backend == "litellm":
        limit = {"max_tokens": TOKENS}
        return {"model": "openai/smollm2", "api_base": base_url, "extra_params": limit}
    return {"model": "smollm2", "base_url": base_url, "max_tokens": TOKENS}


@pytest.mark.parametrize("backend", ["openai-compatible", "litellm"])
def test_every_world_that_a_tiny_model_designs_is_admitted(backend: str, base_url: str) -> None:
    llm = openrange.resolve_backend(backend, **options_for(backend, base_url), timeout=SECONDS)
    texts = set()
    for seed, prompt in WORLDS:
        snapshot = openrange.build(llm=llm, seed=seed, prompt=prompt)
        metadata: Mapping[str, Any] = snapshot.metadata
        assert metadata["model"] == "smollm2"
        assert all(check["passed"] for check in metadata["admission"])
        # The server's grammar has the first reply conform, and what conforms is admitted.
        assert metadata["usage"]["requests"] == 1
        assert metadata["attempts"] == 1
        texts.add((snapshot.world["company"], snapshot.world["about"], snapshot.world["story"]))
    assert len(texts) == len(WORLDS)


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
