"""The contract of backends, and what every backend is built on.

A backend of your own needs `LLMRequest`, `LLMResult` and `LLMBackendError`; `run` gives it the same
reading, asking, repeating and redacting that the built-in ones have.
"""

from openrange.errors import LLMBackendError, LLMError, LLMRequestError
from openrange.llm.contract import (
    LLMBackend,
    LLMRequest,
    LLMResult,
    SupportsPreflight,
    SupportsWorkspace,
)
from openrange.llm.deadline import timed_out, within
from openrange.llm.recording import Recorder, Usage, announce, recording
from openrange.llm.reply import parse_json_object, read_object
from openrange.llm.run import SCHEMA_FORMS, Ask, Reply, run
from openrange.llm.schema import in_words, qualifies_for_strict, violation
from openrange.llm.secrets import Key, find_key, redact, require_key
from openrange.llm.settings import BackendSettings, secret
from openrange.llm.workspace import complete_with_pack_dir

__all__ = [
    "SCHEMA_FORMS",
    "Ask",
    "BackendSettings",
    "Key",
    "LLMBackend",
    "LLMBackendError",
    "LLMError",
    "LLMRequest",
    "LLMRequestError",
    "LLMResult",
    "Recorder",
    "Reply",
    "SupportsPreflight",
    "SupportsWorkspace",
    "Usage",
    "announce",
    "complete_with_pack_dir",
    "find_key",
    "in_words",
    "parse_json_object",
    "qualifies_for_strict",
    "read_object",
    "recording",
    "redact",
    "require_key",
    "run",
    "secret",
    "timed_out",
    "violation",
    "within",
]
