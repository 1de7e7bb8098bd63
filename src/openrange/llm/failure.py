"""From an answer or a broken connection to an `LLMBackendError`: the same words, everywhere."""

from __future__ import annotations

import http.client
import re
import socket
import ssl
from collections.abc import Iterable

from openrange.errors import Kind, LLMBackendError
from openrange.llm.pasted import hint_of_version
from openrange.llm.refusals import refused
from openrange.llm.retry import is_passing
from openrange.llm.retry import retry_after_seconds as retry_after_seconds
from openrange.llm.said import Said, heard
from openrange.llm.secrets import Key, redact
from openrange.llm.sorts import CHECK_THE_KEY, OUTPUT, SORTS, USED_UP
from openrange.llm.text import presentable

_MAX_WORDS = 300
_MAX_SEARCHED = 20_000
_MAY_REFUSE = frozenset({400, 404, 405, 415, 422, 500, 501, 502})
_PLAIN_TO_TLS = re.compile(
    r"plain HTTP request was sent to HTTPS|HTTP request to an HTTPS server", re.IGNORECASE
)


def http_failure(
    status: int | None,
    said: str,
    *,
    key_source: str,
    key_sent: bool = True,
    secrets: Iterable[Key] = (),
    retry_after: float | None = None,
    document: str = "",
    asked: str = "",
    proxy: str = "",
) -> LLMBackendError:
    """The error for an answer that is none.

    All that the server says decides, wherever it stands: a wrong key may have the status 400, an
    overload 200, an empty account 429.

    Args:
        status: The HTTP status; None for an error in the body of a success.
        said: The provider's message, or its whole body; may be empty beside a `document`.
        key_source: Where the key comes from, such as `OPENAI_API_KEY`, for the next step.
        key_sent: Whether the request had one.
        secrets: Keys to remove before a long message is cut, which may cut a key in two.
        retry_after: Seconds that the provider asks to wait.
        document: All that the server said, where a code may stand beside the message.
        asked: The URL that was asked, for the error.
        proxy: The proxy that it went by, in words such as `http://10.0.0.1:3128 (HTTP_PROXY)`.

    Returns:
        An error that names the status, the provider's words and the next step.
    """
    answer = heard(document or said)
    message = heard(said) if document and said else answer
    words = presentable(message.words or answer.words, _MAX_WORDS, secrets) or "no message"
    counts = status or answer.status or 0
    text = " ".join(dict.fromkeys((*answer.codes, message.words, answer.words)))[:_MAX_SEARCHED]
    waits = answer.wait if retry_after is None else retry_after
    kind, step, retryable = _judged(counts, text, answer, waits, key_sent)
    # An https request goes through a proxy unseen; and a proxy answers with a page, or a line.
    may_be_proxy = counts == 407 or (
        proxy
        and counts in (403, 502, 503, 504)
        and asked.startswith("http:")
        and not (document or said).lstrip().startswith(("{", "["))
    )
    if may_be_proxy:
        kind = "connection"
        step = "check the user and password in it" if counts == 407 else "check it"
        step = (
            f"this may be the proxy {proxy or 'in between'}: {step}, or name the host in NO_PROXY"
        )
    elif _PLAIN_TO_TLS.search(text):
        step = "it speaks https: write https:// in the base URL"
    elif answer.is_page and not retryable:
        step = "a page, not the API: check the base URL, and what stands in between"
    elif counts in (404, 405) and asked and step.endswith("base URL"):
        step = hint_of_version(asked) or step
    step = step.replace("{key}", key_source)
    head = "the response carries an error" if status is None else f"HTTP {status}"
    if status is None and answer.status:
        head += f" ({answer.status})"
    if answer.provider:
        head += f", passed on from {presentable(answer.provider, 60, secrets)}"
    tail = f" ({asked.partition('?')[0]})" if asked else ""
    return LLMBackendError(
        f"{head}: {words.rstrip('.')}; {step}{tail}",
        kind=kind,
        status=status or answer.status,
        retryable=retryable,
        retry_after=waits,
        detail=redact(text, secrets) or None,
    )


def _judged(
    status: int, text: str, answer: Said, wait: float | None, key_sent: bool
) -> tuple[Kind, str, bool]:
    """Kind, next step, and whether another attempt may help."""
    if OUTPUT.search(text) and status not in (401, 403, 429):
        return "not-json", "the model did not keep to the form; try again, or another model", False
    if (status in _MAY_REFUSE or not status) and refused(text):
        step = "the provider does not take the request in this form; try another model"
        return "unsupported", step, False
    for sort in SORTS:
        if sort.statuses is not None and status and status not in sort.statuses:
            continue
        if not sort.said.search(text) or (
            sort.unless is not None and (wait is not None or sort.unless.search(text))
        ):
            continue
        if sort.kind == "auth" and not key_sent:
            return "auth", "no key was sent; set {key}", False
        return sort.kind, sort.step, sort.retryable
    kind, step = _by_status(status, key_sent)
    return kind, step, is_passing(status)


def _by_status(status: int, key_sent: bool) -> tuple[Kind, str]:
    if status in (401, 403):
        return "auth", CHECK_THE_KEY if key_sent else "no key was sent; set {key}"
    if status == 402:
        return "rate-limit", USED_UP
    if status in (404, 405):
        return "rejected", "check the model's name and the base URL"
    if status == 429:
        return "rate-limit", "wait, or ask the provider for a higher limit"
    if not status or is_passing(status):
        return "server", "the provider is in trouble; try again later"
    if 300 <= status < 400:
        return "rejected", "the base URL leads elsewhere; set the address that it names"
    return "rejected", "check the model's name and its settings"


def connection_failure(error: Exception, where: str, *, proxy: str = "") -> LLMBackendError:
    """The error for a request that got no whole reply.

    Args:
        error: What the socket, TLS or `http.client` raised.
        where: The host and port that were asked, without a user name or a password.
        proxy: The proxy that it went by, in words such as `http://10.0.0.1:3128 (HTTP_PROXY)`.

    Returns:
        An error of kind `connection`, with what to do and whether another attempt may help.
    """
    problem, retryable = _problem_of(error, where)
    if proxy and not isinstance(error, ssl.SSLError):
        status = re.search(r"(?:Tunnel connection failed: |^)(\d{3})\b", str(error))
        said = "it cannot be reached"
        if status:
            said = f"it answers {status[1]}"
            said += ": check the user and password in it" if status[1] == "407" else ""
        elif isinstance(error, TimeoutError):
            said = "there is no answer"
        elif isinstance(error, http.client.HTTPException | ConnectionResetError):
            said = "there is no whole answer"
        problem = f"no connection to {where} by way of the proxy {proxy}: {said}"
        problem += f"; start or mend it, or name {where} in NO_PROXY"
        retryable = status is None
    detail = f"{type(error).__name__}: {error}"
    return LLMBackendError(problem, kind="connection", retryable=retryable, detail=detail)


def _problem_of(error: Exception, where: str) -> tuple[str, bool]:
    if isinstance(error, socket.gaierror):
        if error.errno == socket.EAI_AGAIN:
            return f"this machine cannot look up {where}; check its network and its DNS", True
        return f"cannot find the host of {where}; check the base URL and the network", True
    if isinstance(error, ConnectionRefusedError):
        return f"connection refused: nothing listens at {where}; start the server there", True
    if isinstance(error, ssl.SSLCertVerificationError):
        problem = f"cannot verify the certificate of {where}: {error.verify_message}"
        step = "set SSL_CERT_FILE to the file of the authority that signed it"
        return f"{problem}; {step}", False
    if isinstance(error, ssl.SSLError):
        reason = error.reason or "TLS error"
        problem = f"no secure connection to {where}: {reason}"
        if reason in ("WRONG_VERSION_NUMBER", "HTTP_REQUEST", "RECORD_LAYER_FAILURE"):
            problem += f"; it speaks http: write http://{where} in the base URL"
        return problem, False
    if isinstance(error, http.client.IncompleteRead):
        return f"{where} broke off in the middle of its reply; try again", True
    if isinstance(error, ConnectionError | http.client.RemoteDisconnected):
        return f"{where} closed the connection without a whole reply; try again", True
    if isinstance(error, TimeoutError):
        return f"no answer from {where}; check the base URL and the network", True
    if isinstance(error, http.client.BadStatusLine) and "\x15\x03" in str(error):
        return f"{where} speaks https: write https://{where} in the base URL", False
    if isinstance(error, ValueError | http.client.InvalidURL):
        return f"cannot send the request to {where}: a header or the URL is malformed", False
    if isinstance(error, http.client.HTTPException):
        return f"{where} does not speak HTTP as it should ({type(error).__name__})", True
    words = getattr(error, "strerror", None) or str(error) or type(error).__name__
    return f"no connection to {where} ({words})", True
