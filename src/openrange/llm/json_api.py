"""One call of a JSON API over HTTP: a document out, a document back, every failure in one form."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit, urlunsplit

from openrange.errors import LLMBackendError
from openrange.llm.events import is_stream, read_stream
from openrange.llm.failure import http_failure
from openrange.llm.http import HTTPReply, HTTPRequest, exchange
from openrange.llm.pasted import hint_of_version
from openrange.llm.retry import asked_to_wait
from openrange.llm.said import heard
from openrange.llm.secrets import Key, redact
from openrange.llm.text import presentable, raised


@dataclass(frozen=True, slots=True)
class Call:
    """What a call of an API carries, beside what it says.

    Args:
        timeout: Seconds of wall-clock time for all of it, slow drips included.
        key: The key that goes with it, in a header or in the URL; None if there is none.
        key_source: What to set where there is none, such as `OPENAI_API_KEY`, for errors.
        secrets: What else to keep out of errors.
        left: Seconds of `timeout` that are left, where something else came before it.
    """

    timeout: float
    key: Key | None = None
    key_source: str = "a key"
    secrets: tuple[Key, ...] = ()
    left: float | None = None

    @property
    def hidden(self) -> tuple[Key, ...]:
        """All that must not be seen in an error."""
        return self.secrets if self.key is None else (self.key, *self.secrets)


def call_json(
    method: str,
    url: str,
    document: object,
    call: Call,
    *,
    headers: Mapping[str, str],
    said: Callable[[object], str] | None = None,
) -> object:
    """Send a JSON document and read the one that comes back.

    Args:
        method: Such as `POST`.
        url: An http or https URL, beyond whose origin no redirect is followed.
        document: What to send; None sends no body.
        call: The key and the time that it is sent with.
        headers: Header lines, such as the one with the key. They replace those that every request
            has.
        said: Finds the message in the document of an error; None looks in the usual places.

    Returns:
        The parsed body of the reply, whose status was one of success.

    Raises:
        LLMBackendError: For every failure: a document, URL or header that cannot be sent, no
            connection or no whole reply, the deadline, another status, or a body that is no JSON.
    """
    failure: LLMBackendError
    try:
        body = None if document is None else _encoded(document)
        common = {"Accept": "application/json", "User-Agent": "openrange"}
        if body is not None:
            common["Content-Type"] = "application/json"
        request = HTTPRequest(method, url, replaced(common, headers), body)
        reply = exchange(request, call.timeout, call.left)
        if 200 <= reply.status < 300:
            return _parsed(reply, call.hidden)
        failure = http_failure(
            reply.status,
            _words(reply, said),
            key_source=call.key_source if call.key is None else call.key.source,
            key_sent=call.key is not None,
            secrets=call.hidden,
            retry_after=asked_to_wait(dict(reply.headers.items())),
            document=_text(reply),
            asked=reply.url,
            proxy=reply.proxy,
        )
    except LLMBackendError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - such as a header's value that is no text
        problem = f"cannot send the request: {raised(error)}"
        failure = LLMBackendError(problem, kind="not-configured")
    failure.args = (redact(str(failure), call.hidden),)
    failure.detail = redact(failure.detail or "", call.hidden) or None
    raise failure


def replaced(headers: Mapping[str, str], others: Mapping[str, str]) -> dict[str, str]:
    """Header lines, of which others take the place: names know no case.

    Args:
        headers: Header lines.
        others: Those that win.

    Returns:
        Both, with each name once.
    """
    winning = {name.lower() for name in others}
    return {
        **{name: value for name, value in headers.items() if name.lower() not in winning},
        **others,
    }


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


def _encoded(document: object) -> bytes:
    try:
        return json.dumps(document, allow_nan=False).encode()
    except Exception as error:  # noqa: BLE001 - a NaN, a cycle, or what a mapping of its own raises
        problem = str(error) or type(error).__name__
    raise LLMBackendError(f"the document to send is no JSON: {problem}", kind="rejected")


def parsed_body(
    body: str, content_type: str = "", asked: str = "", secrets: Iterable[Key] = ()
) -> object:
    """Read the body of a success.

    Args:
        body: The body.
        content_type: The header of that name.
        asked: The URL that was asked, for an error.
        secrets: What must not be seen in an error.

    Returns:
        The document; that of a stream of chat completions is joined.

    Raises:
        LLMBackendError: Of kind `connection`, when it broke off; `empty`, when there is none;
            `rejected`, when it is something else.
    """
    body, ends = body.removeprefix("\ufeff"), 0
    try:
        document: object = json.loads(body)
        return document
    except json.JSONDecodeError as error:
        ends = error.pos
    except (ValueError, RecursionError):  # digits without end, or depth
        pass
    if is_stream(body, content_type):
        return read_stream(body)
    bare = body.rstrip()
    if bare.lstrip()[:1] in ("{", "[") and (ends >= len(bare) or not bare.endswith(("}", "]"))):
        raise LLMBackendError(
            "the server broke off in the middle of its JSON; try again",
            kind="connection",
            retryable=True,
        )
    if not body.strip():
        raise LLMBackendError("the server answered without a body", kind="empty")
    said = heard(body)
    what = "a page" if said.is_page or body.lstrip().startswith("<") else "what is no JSON"
    problem = f"the server answered with {what}: {presentable(said.words, 200, secrets)!r}"
    step = (hint_of_version(asked) if asked else None) or "check the base URL"
    tail = f" ({asked.partition('?')[0]})" if asked else ""
    raise LLMBackendError(f"{problem}; {step}{tail}", kind="rejected")


def _parsed(reply: HTTPReply, secrets: Iterable[Key]) -> object:
    try:
        return parsed_body(_text(reply), reply.headers.get("Content-Type", ""), reply.url, secrets)
    except LLMBackendError as error:
        failure = error
    if failure.kind != "connection":
        failure.status = failure.returncode = reply.status
    raise failure


def _words(reply: HTTPReply, said: Callable[[object], str] | None) -> str:
    """What is said beside the body: where it leads, or what an author's function finds in it."""
    if 300 <= reply.status < 400 and (target := reply.headers.get("Location")):
        return f"redirected to {target.partition('?')[0]}"
    with suppress(Exception):  # neither JSON nor an author's function is sure to give a message
        message: object = said(json.loads(_text(reply))) if said else ""
        return message if isinstance(message, str) else ""
    return ""


def _text(reply: HTTPReply) -> str:
    return reply.body.decode("utf-8", "replace")
