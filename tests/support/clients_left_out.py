"""The providers to which LiteLLM speaks by a client of its own making, and why.

For them a call keeps to its deadline, but to no bound on bytes; a redirect to another host is
followed, with the `Authorization` that httpx leaves out there and without any other key.
"""

from __future__ import annotations

from collections.abc import Mapping

_NEW_EACH_TIME = "LiteLLM passes it no client, and makes a new one for each call"

WITHOUT_BOUNDS: Mapping[str, str] = {
    "amazon_nova": _NEW_EACH_TIME,
    "maritalk": _NEW_EACH_TIME,
}
