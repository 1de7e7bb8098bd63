"""LiteLLM itself, imported and made quiet: in a worker, or in a process of the tests."""

from __future__ import annotations

import importlib
import warnings
from collections.abc import Mapping
from typing import Any

from openrange_litellm import bounds

ENVIRONMENT: Mapping[str, str] = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
}
"""What LiteLLM has to find in the environment when it is imported: no price list and no list of
headers is fetched from the network (both come with the package), and no `.env` file is read."""

TESTED = "1.110.2"
"""The newest release that the tests ran on."""


def load() -> Any:
    """Import LiteLLM, and do now what it would do at its first call.

    Returns:
        The module `litellm`.

    Raises:
        Exception: Whatever a broken installation raises.
    """
    with warnings.catch_warnings(action="ignore"):
        litellm: Any = importlib.import_module("litellm")
        # Else every failure prints an advertisement to standard output.
        litellm.suppress_debug_info = True
        # Imports the code of its providers, reads its lists, and starts its threads.
        said = [{"role": "user", "content": "Where?"}]
        litellm.completion("openai/warm-up", said, mock_response="Here.")
    openai: Any = importlib.import_module("openai")
    # Its retries are silent and pass the deadline, and LiteLLM asks for some by several ways.
    openai.OpenAI.max_retries = property(lambda client: 0, lambda client, number: None)
    for client_library in ("httpx", "httpx2"):  # of which OpenAI's SDK takes one, by its release
        try:
            bounds.bind(importlib.import_module(client_library))
        except ImportError:
            continue
    return litellm
