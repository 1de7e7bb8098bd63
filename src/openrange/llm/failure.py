"""From a status or a broken connection to an `LLMBackendError`: the same words, everywhere."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterable

from openrange.errors import Kind, LLMBackendError
from openrange.llm.retry import is_passing
from openrange.llm.retry import retry_after_seconds as retry_after_seconds
from openrange.llm.secrets import Key
from openrange.llm.text import presentable

_MAX_WORDS = 300

_ABOUT_THE_SCHEMA = re.compile(
    r"response.?format|response.?schema|json.?schema|json.?object|json.?mode|structured.?output"
    r"|grammar|output.?format|output.?schema|text\.format|tool.?choice",
    re.IGNORECASE,
)


# What OpenAI, Anthropic, DeepSeek and others call an account that has nothing left. The words alone
# may also be those of a limit per minute (Gemini's), which then says when to try again.
_USED_UP_CODE = re.compile(r"insufficient.?quota|billing.?hard.?limit|insufficient.?balance", re.I)
_USED_UP_WORDS = re.compile(
    r"exceeded your current quota|billing|credit balance|out of credit", re.I
)
_LATER = re.compile(r"retry in \d|retry.?delay|per.?(minute|second|hour|day)", re.I)


def is_about_the_schema(message: str) -> bool:
    """Whether a provider's refusal is about the form in which it was asked for an object."""
    return bool(_ABOUT_THE_SCHEMA.search(message))


def http_failure(
    status: int,
    said: str,
    *,
    key_source: str,
    key_sent: bool = True,
    secrets: Iterable[Key] = (),
    retry_after: float | None = None,
    with_schema: bool = False,
    document: str = "",
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
        document: All that the server said, where a code may stand beside the message.

    Returns:
        An error that names the status, the provider's words and the next step.
    """
    words = presentable(said, _MAX_WORDS, secrets) or "no message"
    kind, next_step = _kind_and_next_step(status, key_source, key_sent)
    retryable = is_passing(status)
    if with_schema and status in (400, 404, 405, 415, 422, 501) and is_about_the_schema(words):
        kind, retryable = "unsupported", False
        next_step = "the provider does not take the schema in this form; try another model"
    elif status == 429 and _is_used_up(f"{said} {document}", retry_after):
        retryable, next_step = False, "the account has nothing left; check its plan and its billing"
    return LLMBackendError(
        f"HTTP {status}: {words.rstrip('.')}; {next_step}",
        kind=kind,
        status=status,
        retryable=retryable,
        retry_after=retry_after,
    )


def _is_used_up(said: str, retry_after: float | None) -> bool:
    """Whether a limit is that of the account, which no waiting lifts."""
    if _USED_UP_CODE.search(said):
        return True
    is_passing_limit = retry_after is not None or _LATER.search(said) is not None
    return not is_passing_limit and _USED_UP_WORDS.search(said) is not None


def connection_failure(error: Exception, where: str) -> LLMBackendError:
    """The error for a request that got no whole reply.

    Args:
        error: What the socket, TLS or `http.client` raised.
        where: The host and port that were asked, without a user name or a password.

    Returns:
        An error of kind `connection`, with what to do and whether another attempt may help.
    """
    problem, retryable = _problem_of(error, where)
    detail = f"{type(error).__name__}: {error}"
    return LLMBackendError(problem, kind="connection", retryable=retryable, detail=detail)


def _problem_of(error: Exception, where: str) -> tuple[str, bool]:
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


def _kind_and_next_step(status: int, key_source: str, key_sent: bool) -> tuple[Kind, str]:
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
    if is_passing(status):
        return "server", "the provider is in trouble; try again later"
    if 300 <= status < 400:
        return "rejected", "the base URL leads elsewhere; set the address that it names"
    return "rejected", "check the model's name and its settings"
