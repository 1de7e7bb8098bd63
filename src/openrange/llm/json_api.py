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
        secrets: Keys to keep out of errors.
        with_schema: Whether the document carries a schema or a JSON mode. A refusal in words that
            are usual for that then has the kind `unsupported`, and another form is tried.
        said: Finds the message in the document of an error; without one, the body's own words
            are given.

    Returns:
        The parsed body of the reply, whose status was one of success.

    Raises:
        LLMBackendError: For every failure: no connection or no whole reply, the deadline, another
            status, or a body that is no JSON.
    """
    body = None if document is None else json.dumps(document, allow_nan=False).encode()
    common = {"Accept": "application/json", "User-Agent": "openrange"}
    if body is not None:
        common["Content-Type"] = "application/json"
    request = HTTPRequest(method, url, _without(common, headers), headers, body)
    reply = exchange(request, timeout, left)
    hidden = list(secrets)
    if not 200 <= reply.status < 300:
        raise _failure(reply, key_source, hidden, with_schema, said)
    with suppress(ValueError, RecursionError):
        parsed: object = json.loads(reply.body)
        return parsed
    words = redact(_text(reply), hidden)
    raise LLMBackendError(
        f"the server did not answer with JSON but with {' '.join(words.split())[:80]!r}; "
        "check the base URL",
        kind="rejected",
        status=reply.status,
    )


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


def _failure(
    reply: HTTPReply,
    key_source: str,
    secrets: list[Key],
    with_schema: bool,
    said: Callable[[object], str],
) -> LLMBackendError:
    words = _text(reply)
    with suppress(Exception):  # neither JSON nor an author's function is sure to give a message
        words = said(json.loads(words)) or words
    return http_failure(
        reply.status,
        words,
        key_source=key_source,
        secrets=secrets,
        retry_after=retry_after_seconds(reply.headers.get("Retry-After")),
        with_schema=with_schema,
    )


def _text(reply: HTTPReply) -> str:
    return reply.body.decode("utf-8", "replace")
