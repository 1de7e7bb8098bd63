"""One call of a JSON API over HTTP: a document out, a document back, every failure in one form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from urllib.parse import urlsplit, urlunsplit

from openrange.errors import LLMBackendError
from openrange.llm.chat import error_message
from openrange.llm.failure import http_failure, retry_after_seconds
from openrange.llm.http import HTTPReply, HTTPRequest, exchange
from openrange.llm.secrets import Key, redact


def call_json(
    method: str,
    url: str,
    document: object = None,
    *,
    headers: Mapping[str, str],
    timeout: float,
    left: float | None = None,
    key_source: str,
    key_sent: bool = True,
    secrets: Iterable[Key] = (),
    with_schema: bool = False,
    said: Callable[[object], str] = error_message,
) -> object:
    """Send a JSON document and read the one that comes back.

    Args:
        method: Such as `POST`.
        url: An http or https URL.
        document: What to send; None sends no body.
        headers: Header lines for the origin of `url` alone, such as the one with the key. They
            replace those that every request has.
        timeout: Seconds of wall-clock time for all of it, slow drips included.
        left: Seconds of those that are left, where something else came before it.
        key_source: Where the key comes from, such as `OPENAI_API_KEY`, for the next step in errors.
        key_sent: Whether `headers` or `url` has one.
        secrets: Keys to keep out of errors.
        with_schema: Whether the document carries a schema or a JSON mode. A refusal in words that
            are usual for that then has the kind `unsupported`, and another form is tried.
        said: Finds the message in the document of an error; without one, the body's own words
            are given.

    Returns:
        The parsed body of the reply, whose status was one of success.

    Raises:
        LLMBackendError: For every failure: a document, URL or header that cannot be sent, no
            connection or no whole reply, the deadline, another status, or a body that is no JSON.
    """
    hidden = list(secrets)
    failure: LLMBackendError
    try:
        body = None if document is None else _encoded(document)
        common = {"Accept": "application/json", "User-Agent": "openrange"}
        if body is not None:
            common["Content-Type"] = "application/json"
        request = HTTPRequest(method, url, _without(common, headers), headers, body)
        reply = exchange(request, timeout, left)
        if 200 <= reply.status < 300:
            return _parsed(reply, hidden)
        failure = http_failure(
            reply.status,
            _words(reply, said),
            key_source=key_source,
            key_sent=key_sent,
            secrets=hidden,
            retry_after=retry_after_seconds(reply.headers.get("Retry-After")),
            with_schema=with_schema,
        )
    except LLMBackendError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - such as a header's value that is no text
        problem = f"{type(error).__name__}: {error}"
        failure = LLMBackendError(f"cannot send the request: {problem}", kind="not-configured")
    failure.args = (redact(str(failure), hidden),)
    failure.detail = redact(failure.detail or "", hidden) or None
    raise failure


def replaced(headers: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Header lines, of which others take the place: names know no case.

    Args:
        headers: Header lines.
        others: Those that win.

    Returns:
        Both, with each name once.
    """
    return {**_without(headers, others), **others}


def below(base_url: str, path: str) -> str:
    """A URL below a base, whose query, such as an API version, stays at the end.

    Args:
        base_url: The base, with or without a slash at its end.
        path: Such as `chat/completions`.

    Returns:
        The URL.
    """
    parts = urlsplit(base_url)
    return urlunsplit(parts._replace(path=f"{parts.path.rstrip('/')}/{path}", fragment=""))


def _without(headers: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    taken = {name.lower() for name in others}
    return {name: value for name, value in headers.items() if name.lower() not in taken}


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, allow_nan=False).encode()
    except Exception as error:  # noqa: BLE001 - a NaN, a cycle, or what a mapping of its own raises
        problem = str(error) or type(error).__name__
    raise LLMBackendError(f"the document to send is no JSON: {problem}", kind="rejected")


def _parsed(reply: HTTPReply, secrets: list[Key]) -> object:
    with suppress(ValueError, RecursionError):
        parsed: object = json.loads(reply.body)
        return parsed
    words = " ".join(redact(_text(reply), secrets).split())[:80]
    problem = f"the server did not answer with JSON but with {words!r}"
    if not words:
        problem = f"HTTP {reply.status}: no body"
    raise LLMBackendError(f"{problem}; check the base URL", kind="rejected", status=reply.status)


def _words(reply: HTTPReply, said: Callable[[object], str]) -> str:
    """The message of an error, or else its whole body."""
    text = _text(reply)
    with suppress(Exception):  # neither JSON nor an author's function is sure to give a message
        message: object = said(json.loads(text))
        if message and isinstance(message, str):
            return message
    return text


def _text(reply: HTTPReply) -> str:
    return reply.body.decode("utf-8", "replace")
