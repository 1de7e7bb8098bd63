"""One worker with LiteLLM for all tests of a folder, which is there before anything is timed."""

from __future__ import annotations

import pytest
from openrange_litellm import LiteLLMBackend

from openrange import LLMBackendError, LLMRequest


@pytest.fixture(autouse=True)
def warm_worker(_clean_surroundings: None) -> None:
    llm = LiteLLMBackend("openai/m", api_base="http://127.0.0.1:9", max_retries=0)
    with pytest.raises(LLMBackendError, match="nothing listens"):
        llm.complete(LLMRequest("Are you there?"))
