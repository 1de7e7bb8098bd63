"""Requests and responses as values, and what they look like on the wire."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from http import HTTPStatus

MAX_TARGET = 8_192
MAX_HEADERS = 100
MAX_FIELDS = 50
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
HTML = "text/html; charset=utf-8"
HEADERS: Mapping[str, str] = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
}
"""What every response says, unless it says otherwise itself."""

_PHRASES = {int(status): status.phrase for status in HTTPStatus}
_CONTROLS = dict.fromkeys([*range(32), 127])
_TOKEN = frozenset("!#$%&'*+.^_`|~-0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz")
_HEX = frozenset("0123456789abcdefABCDEF")
_FORM = "application/x-www-form-urlencoded"


class Request:
    """What a world needs to know of a request.

    Args:
        method: One of `METHODS`; `HEAD` is told as `GET`.
        path: The decoded path.
        query: The parameters of the URL.
        form: The fields of a body that is a form.
        headers: The header lines, by their names in lower case.
        body: The body as it came.
        raw_path: The path as it was sent.
        service: What stands before `.localhost` in the host's name, or empty.
    """

    def __init__(
        self,
        method: str,
        path: str,
        query: Mapping[str, str] | None = None,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        body: bytes = b"",
        raw_path: str = "",
        service: str = "",
    ) -> None:
        self.method = method
        self.path = path
        self.query = query or {}
        self.form = form or {}
        self.headers = headers or {}
        self.body = body
        self.raw_path = raw_path
        self.service = service

    def cookie(self, name: str) -> str:
        """The value of a cookie, or empty."""
        for pair in self.headers.get("cookie", "").split(";"):
            key, _, value = pair.strip().partition("=")
            if key == name:
                return value.strip('"')
        return ""

    def json(self) -> object:
        """The document in the body; None if there is none."""
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError):
            return None


class Response:
    """What a world answers.

    Args:
        body: The text of the reply, or its bytes.
        status: The HTTP status.
        headers: Further header lines.
        content_type: The media type of the body.
    """

    def __init__(
        self,
        body: str | bytes = "",
        status: int = 200,
        headers: Mapping[str, str] | None = None,
        content_type: str = HTML,
    ) -> None:
        self.body = body
        self.status = status
        self.headers = headers or {}
        self.content_type = content_type


class RefusedError(Exception):
    """A request that no world gets to see; it carries the status to answer with."""

    def __init__(self, status: HTTPStatus) -> None:
        super().__init__(status.phrase)
        self.status = status


class Head:
    """The head of a request."""

    def __init__(
        self,
        method: str,
        target: str,
        version: str,
        headers: Mapping[str, str],
        hosts: Sequence[str],
    ) -> None:
        self.method = method
        self.target = target
        self.version = version
        self.headers = headers
        self.hosts = hosts

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection may be used again."""
        asked = self.headers.get("connection", "").lower()
        return "close" not in asked and (self.version == "HTTP/1.1" or "keep-alive" in asked)

    @property
    def length(self) -> int:
        """How many bytes follow.

        Raises:
            RefusedError: It does not say so, in a way that can be counted on.
        """
        given = self.headers.get("content-length")
        if "transfer-encoding" in self.headers or (given is None and self.method == "POST"):
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED)
        if given is None:
            return 0
        if not (given.isascii() and given.isdigit() and len(given) <= 12):
            raise RefusedError(HTTPStatus.LENGTH_REQUIRED)
        return int(given)


def read_head(raw: bytes) -> Head:
    """Read the head of a request, strictly.

    Args:
        raw: Its bytes, without the empty line at their end.

    Returns:
        The head.

    Raises:
        RefusedError: It is malformed, too long, or asks for a method that there is not.
    """
    first, *lines = raw.decode("latin-1").split("\r\n")
    parts = first.split(" ")
    if len(parts) != 3 or parts[2] not in ("HTTP/1.1", "HTTP/1.0"):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    method, target, version = parts
    if method not in METHODS:
        raise RefusedError(HTTPStatus.NOT_IMPLEMENTED)
    if len(target) > MAX_TARGET:
        raise RefusedError(HTTPStatus.REQUEST_URI_TOO_LONG)
    if len(lines) > MAX_HEADERS:
        raise RefusedError(HTTPStatus.REQUEST_HEADER_FIELDS_TOO_LARGE)
    headers: dict[str, str] = {}
    hosts = []
    for line in lines:
        name, colon, value = line.partition(":")
        key, value = name.lower(), value.strip(" \t")
        if not colon or not name or not _TOKEN.issuperset(name) or _is_control(value):
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        if key == "content-length" and headers.get(key, value) != value:
            raise RefusedError(HTTPStatus.BAD_REQUEST)
        if key == "host":
            hosts.append(value.lower())
        joint = "; " if key == "cookie" else ", "
        headers[key] = f"{headers[key]}{joint}{value}" if key in headers else value
    if not target.startswith("/") or _is_control(target):
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    return Head(method, target, version, headers, hosts)


def read_request(head: Head, body: bytes, service: str) -> Request:
    """A request as a world sees it.

    Args:
        head: Its head.
        body: Its whole body.
        service: What stands before `.localhost` in the host's name, or empty.

    Returns:
        The request.

    Raises:
        RefusedError: It has too many fields.
    """
    path, _, query = head.target.partition("?")
    is_form = head.headers.get("content-type", _FORM).partition(";")[0].strip().lower() == _FORM
    return Request(
        method="GET" if head.method == "HEAD" else head.method,
        path=unquoted(path),
        query=_fields(query),
        form=_fields(body.decode("latin-1")) if is_form else {},
        headers=head.headers,
        body=body,
        raw_path=path,
        service=service,
    )


def as_bytes(response: Response, *, keeps_alive: bool, with_body: bool) -> bytes:
    """A response as it is sent.

    Args:
        response: The response.
        keeps_alive: Whether the connection stays open.
        with_body: Whether the body is sent, too.

    Returns:
        Head and body in one piece.
    """
    raw = response.body
    body = raw if isinstance(raw, bytes) else raw.encode("utf-8", "replace")
    headers = {
        "Content-Type": response.content_type,
        "Content-Length": str(len(body)),
        **HEADERS,
        **response.headers,
        "Connection": "keep-alive" if keeps_alive else "close",
    }
    lines = [f"HTTP/1.1 {int(response.status)} {_PHRASES.get(int(response.status), '')}"]
    # What a header repeats of a request cannot begin another line.
    lines += [f"{name}: {value.translate(_CONTROLS)}" for name, value in headers.items()]
    head = "\r\n".join([*lines, "", ""]).encode("latin-1", "replace")
    return head + body if with_body else head


def bare(status: HTTPStatus) -> Response:
    """A page that tells nothing but its status.

    Args:
        status: The status.

    Returns:
        The response.
    """
    title = f"{status.value} {status.phrase}"
    return Response(
        '<!doctype html>\n<html lang="en">\n<head><meta charset="utf-8">'
        f"<title>{title}</title></head>\n<body><h1>{title}</h1></body>\n</html>\n",
        status,
    )


def _fields(encoded: str) -> dict[str, str]:
    pairs = [pair.partition("=") for pair in encoded.split("&") if pair]
    if len(pairs) > MAX_FIELDS:
        raise RefusedError(HTTPStatus.BAD_REQUEST)
    plain = ((unquoted(k.replace("+", " ")), unquoted(v.replace("+", " "))) for k, _, v in pairs)
    return {name: value.replace("\0", "") for name, value in plain}


def unquoted(text: str) -> str:
    """Text in percent-encoded UTF-8, as `urllib.parse` would read it; that takes too long to load.

    Args:
        text: Latin-1, as the bytes came.
    """
    first, *parts = text.split("%")
    raw = bytearray(first.encode("latin-1", "replace"))
    for part in parts:
        digits = part[:2]
        is_code = len(digits) == 2 and _HEX.issuperset(digits)
        raw += bytes.fromhex(digits) if is_code else b"%" + digits.encode("latin-1", "replace")
        raw += part[2:].encode("latin-1", "replace")
    return raw.decode("utf-8", "replace")


def _is_control(text: str) -> bool:
    return any(character < " " or character == "\x7f" for character in text.replace("\t", " "))
