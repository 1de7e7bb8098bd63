"""Every exception that OpenRange raises on purpose.

OpenRangeError
├── ManifestError            the manifest is unreadable or asks for something unknown
├── ConfigError              a configuration file, variable or option is wrong
├── PackError                a pack is missing, broken, or broke its own rules
├── AdmissionError           no attempt produced a world that passes admission
├── StoreError               a snapshot cannot be found, read or written
├── ProjectError             a new project cannot be written
├── BackendNotFoundError     no usable backend goes by that name
│   └── BackendImportError   the same, where Python expects an ImportError
└── LLMError
    ├── LLMRequestError      the request itself is malformed
    └── LLMBackendError      the backend could not answer it
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, ClassVar, Literal, get_args

if TYPE_CHECKING:
    from openrange.core.report import AdmissionReport


class OpenRangeError(Exception):
    """Base of every exception that OpenRange raises on purpose."""


class ManifestError(OpenRangeError):
    """The manifest is unreadable, or asks for something that does not exist."""


class ConfigError(OpenRangeError):
    """A configuration file, a variable or a command-line option is wrong."""


class PackError(OpenRangeError):
    """A pack is not installed, cannot be imported, or broke its own rules."""


class StoreError(OpenRangeError):
    """A snapshot cannot be found, read or written."""


class ProjectError(OpenRangeError):
    """A new project cannot be written."""


class AdmissionError(OpenRangeError):
    """No attempt produced a world that passes admission.

    Args:
        message: What failed, in one sentence.
        reports: The report of each attempt, oldest first.
    """

    def __init__(self, message: str, reports: Sequence[AdmissionReport] = ()) -> None:
        super().__init__(message)
        self.reports = tuple(reports)


class BackendNotFoundError(OpenRangeError):
    """No usable backend goes by that name."""


class BackendImportError(BackendNotFoundError, ImportError):
    """A backend's class was imported from `openrange`, but its plugin is not usable."""


class LLMError(OpenRangeError):
    """Base of what can go wrong between a request and its result."""


class LLMRequestError(LLMError):
    """The request is malformed, whichever backend would receive it."""


Kind = Literal[
    "not-configured",  # a key, a binary or an option is missing: nothing was sent
    "auth",  # the provider does not accept the key
    "rate-limit",  # too many requests, or no quota left
    "rejected",  # the provider does not accept the request
    "unsupported",  # the provider does not know the form in which a schema was sent
    "server",  # the provider failed
    "connection",  # no connection, or one that broke
    "timeout",  # the deadline passed
    "process",  # a local program failed
    "refused",  # the model declined
    "filtered",  # a content filter withheld the reply
    "truncated",  # the reply hit a length limit
    "empty",  # the reply holds no text
    "not-json",  # a schema was given, and the reply holds no JSON object
    "nonconforming",  # the reply's object breaks the schema
    "contract",  # the backend broke the contract of backends
    "error",  # anything else
]
"""The sort of a backend's failure."""


class LLMBackendError(LLMError):
    """The backend could not answer: the only exception that leaves `complete`.

    Args:
        message: What happened and what to do about it, in one line.
        kind: The sort of failure.
        status: The HTTP status, where there was one.
        retryable: Whether the same request may succeed when it is sent again.
        retry_after: Seconds that the provider asks to wait before that.
        returncode: The exit status of a local process; defaults to `status`.
        detail: Type and redacted text of the original error, for debugging.
    """

    KINDS: ClassVar[tuple[Kind, ...]] = get_args(Kind)

    def __init__(
        self,
        message: str,
        *,
        kind: Kind = "error",
        status: int | None = None,
        retryable: bool = False,
        retry_after: float | None = None,
        returncode: int | None = None,
        detail: str | None = None,
    ) -> None:
        super().__init__(message)
        if kind not in self.KINDS:
            raise ValueError(f"unknown kind of backend error: {kind!r}")
        self.kind: Kind = kind
        self.status = status
        self.retryable = retryable
        self.retry_after = retry_after
        self.returncode = status if returncode is None else returncode
        self.detail = detail
