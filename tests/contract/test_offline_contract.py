from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, ClassVar

from openrange import OfflineBackend
from openrange.testing import BackendContract, Script

REPLIES = """
plain-text the-models-words schema-arrives system-arrives roles any-text finds-the-object
nonconforming-reply asks-again empty-reply cut-reply withheld-reply malformed-response odd-response
few-requests thoughts weaker-forms
"""
FAILURES = """
provider-errors status returncode retryable error-message broken-connection retries no-vain-retries
errors-in-a-success retry-after deadline deadline-of-drips silent-failure
"""
KEYS = """
key-is-sent key-is-read-at-each-call given-key-wins missing-key no-key-in-repr no-key-in-errors
no-escaped-key no-key-in-replies no-key-in-logs no-key-in-events no-key-in-pickles
keys-stay-out-of-files
"""


class TestOfflineBackend(BackendContract):
    name = "offline"
    not_covered: ClassVar = {
        **dict.fromkeys(REPLIES.split(), "it samples: there is no model that replies"),
        **dict.fromkeys(FAILURES.split(), "there is no provider that fails or is late"),
        **dict.fromkeys(KEYS.split(), "it has no key"),
        **dict.fromkeys(("usage", "tokens"), "it sends nothing and uses no tokens"),
        "detected": "it is what is left where nothing is detected",
    }

    def backend(self, url: str, **fields: Any) -> OfflineBackend:
        return OfflineBackend(**fields)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        yield ""
