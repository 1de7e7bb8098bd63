"""From a status or a broken connection to an `LLMBackendError`: the same words, everywhere."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterable
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from openrange.errors import LLMBackendError
from openrange.llm.secrets import Key, redact

# 408, 409, 425 and 429 ask for another attempt (RFC 9110, RFC 8470, RFC 6585); 5xx may pass.
_RETRYABLE = frozenset({408, 409, 425, 429})

_ABOUT_THE_SCHEMA = re.compile(
    r"response.?format|response.?schema|json.?schema|json.?object|json.?mode|structured.?output"
    r"|grammar|output.?format|output.?schema|text\.format|tool.?choice",
    re.IGNORECASE,
)


def is_retryable(status: int) -> bool:
    """Whether a request that got this HTTP status may succeed when it is sent again."""
    return status in _RETRYABLE or status >= 500


def is_about_the_schema(message: str) -> bool:
    """Whether a provider's refusal is about the form in which it was asked for an object."""
    return bool(_ABOUT_THE_SCHEMA.search(message))


def retry_after_seconds(value: str | None) -> float | None:
    """Read a `Retry-After` header.

    Args:
        value: Seconds, or an HTTP date (RFC 9110, section 10.2.3).

    Returns:
        Seconds from now, never negative; None when there is no readable value.
    """
    if not value:
        return None
    if re.fullmatch(r"\d+(\.\d+)?", value.strip()):
        return float(value)
    try:
        moment = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    if moment.tzinfo is None:
        moment = moment.replace(tzinfo=UTC)
    return max(0.0, (moment - datetime.now(UTC)).total_seconds())


def http_failure(
    status: int,
    said: str,
    *,
    key_source: str,
    key_sent: bool = True,
    secrets: Iterable[Key] = (),
    retry_after: float | None = None,
    with_schema: bool = False,
) -> LLMBackendError:
    """The error for a reply with an HTTP status that is not a success.

    Args:
        status: The HTTP status.
        said: The provider's message, or any other words on what happened.
        key_source: Where the key comes from, such as `OPENAI_API_KEY`, for the next step.
        key_sent: Whether the request had one.
        secrets: Keys to remove before a long message is cut, which may cut a key in two.
        retry_after: Seconds that the provider asks to wait.
        with_schema: Whether the request carried a schema or a JSON mode that may be the trouble.

    Returns:
        An error that names the status, the provider's words and the next step.
    """
    words = " ".join(redact(said, secrets).split())[:300] or "no message"
    kind, next_step = _kind_and_next_step(status, key_source, key_sent)
    if with_schema and status in (400, 404, 405, 415, 422, 501) and is_about_the_schema(words):
        kind = "unsupported"
        next_step = "the provider does not take the schema in this form; try another model"
    return LLMBackendError(
        f"HTTP {status}: {words.rstrip('.')}; {next_step}",
        kind=kind,
        status=status,
        retryable=is_retryable(status) and kind != "unsupported",
        retry_after=retry_after,
    )


def connection_failure(error: Exception, where: str) -> LLMBackendError:
    """The error for a request that got no whole reply.

    Args:
        error: What the socket, TLS or `http.client` raised.
        where: The host and port that were asked, without a user name or a password.

    Returns:
        An error of kind `connection`, with what to do and whether another attempt may help.
    """
    problem, retryable = _in_words(error, where)
    detail = f"{type(error).__name__}: {error}"
    return LLMBackendError(problem, kind="connection", retryable=retryable, detail=detail)


def _in_words(error: Exception, where: str) -> tuple[str, bool]:
    if isinstance(error, socket.gaierror):
        return f"cannot find the host of {where}; check the base URL and the network", True
    if isinstance(error, ConnectionRefusedError):
        return f"connection refused: nothing listens at {where}; start the server there", True
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"cannot verify the certificate of {where}: {error.verify_message}", False
    if isinstance(error, ssl.SSLError):
        return f"no secure connection to {where}: {error.reason or 'TLS error'}", False
    if isinstance(error, http.client.IncompleteRead):
        return f"{where} broke off in the middle of its reply; try again", True
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected):
        return f"{where} closed the connection without a whole reply; try again", True
    if isinstance(error, TimeoutError):
        return f"no answer from {where}; check the base URL and the network", True
    if isinstance(error, ValueError | http.client.InvalidURL):
        return f"cannot send the request to {where}: a header or the URL is malformed", False
    if isinstance(error, http.client.HTTPException):
        return f"{where} does not speak HTTP as it should ({type(error).__name__})", True
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"no connection to {where} ({words})", True


def _kind_and_next_step(status: int, key_source: str, key_sent: bool) -> tuple[str, str]:
    if status in (401, 403):
        if not key_sent:
            return "auth", f"no key was sent; set {key_source}"
        return "auth", f"check the key in {key_source} and what it may use"
    if status == 402:
        return "rate-limit", "the account has no credit left"
    if status == 404:
        return "rejected", "check the model's name and the base URL"
    if status == 429:
        return "rate-limit", "wait, or ask the provider for a higher limit"
    if status >= 500 or status in _RETRYABLE:
        return "server", "the provider is in trouble; try again later"
    if 300 <= status < 400:
        return "rejected", "the base URL leads elsewhere; set the address that it names"
    return "rejected", "check the model's name and its settings"
