"""One HTTP exchange over the standard library, within a deadline and without leaking the key."""

from __future__ import annotations

import base64
import http.client
import re
import socket
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from email.message import Message
from urllib.parse import SplitResult, unquote, urljoin, urlsplit

from openrange.errors import LLMBackendError
from openrange.llm.deadline import timed_out, within
from openrange.llm.events import is_stream
from openrange.llm.failure import connection_failure
from openrange.llm.pasted import is_usable
from openrange.llm.proxies import Proxy, proxy_for

# With what is made of it, a body of this size stays below 64 MB of memory. A long reply has 1 MB.
MAX_BODY_BYTES = 6_000_000
MAX_BODY_VALUES = 20_000
MAX_REDIRECTS = 5
_MAX_MEMBERS = 100  # of one gzip body (RFC 1952, 2.2), each of which costs a copy of the rest
_CHUNK = 65_536
_STRING = re.compile(rb'"(?:[^"\\]|\\.)*+"', re.DOTALL)


@dataclass(frozen=True, slots=True)
class HTTPReply:
    """What a server answered.

    Args:
        status: The HTTP status.
        headers: The header lines.
        body: At most 6 MB, decompressed.
        url: Where it came from, after redirects.
        proxy: The proxy that it came by, in words; empty where there was none.
    """

    status: int
    headers: Message
    body: bytes
    url: str = ""
    proxy: str = ""


@dataclass(frozen=True, slots=True)
class HTTPRequest:
    """What to send.

    Args:
        method: Such as `POST`.
        url: An http or https URL.
        headers: Header lines.
        body: The bytes to send.
    """

    method: str
    url: str
    headers: Mapping[str, str] = field(default_factory=dict, hash=False, repr=False)
    body: bytes | None = None


def exchange(request: HTTPRequest, timeout: float, left: float | None = None) -> HTTPReply:
    """Send a request and read the whole reply.

    The proxies that the environment names are used. Redirects 307 and 308, which keep method and
    body (RFC 9110, sections 15.4.8 and 15.4.9), are followed up to five times within the origin of
    the URL: neither a key nor a prompt goes to another one. Any other status is the reply.

    Args:
        request: What to send.
        timeout: Seconds of wall-clock time for all of it, slow drips included.
        left: Seconds of those that are left, where something else came before it.

    Returns:
        The reply, whatever its status.

    Raises:
        LLMBackendError: Of kind `not-configured` when the URL is no http or https URL; of kind
            `timeout`; of kind `connection` when there is no whole reply; of kind `rejected` when
            the reply is too large or redirects without end.
    """
    if not is_usable(request.url):
        raise LLMBackendError(
            "the URL is no http or https URL; check the base URL", kind="not-configured"
        )
    line = _Line()
    # A socket takes no more than some 290 years, and no deadline needs a day.
    seconds = min(timeout if left is None else left, 86_400.0)
    try:
        return within(seconds, lambda: _follow(request, seconds, line), abandon=line.cut)
    except LLMBackendError as error:
        if error.kind != "timeout":
            raise
    raise timed_out(timeout)


def holds_too_much(body: bytes) -> str | None:
    """Say if a body is small to send and large to read, such as a list of a million empty lists.

    Args:
        body: A whole body, which may be JSON.

    Returns:
        The problem, or None.
    """
    # The events of a stream are read one by one.
    parts = body.split(b"\n") if is_stream(body[:100].decode("utf-8", "replace")) else [body]
    for part in parts:
        if _marks(part) > MAX_BODY_VALUES and _marks(_STRING.sub(b"", part)) > MAX_BODY_VALUES:
            return f"the reply holds more than {MAX_BODY_VALUES:,} values"
    return None


class _Line:
    """The socket in use, so that another thread can cut it."""

    def __init__(self) -> None:
        self._socket: socket.socket | None = None
        self._is_cut = False

    def take(self, connection: http.client.HTTPConnection) -> None:
        self._socket = connection.sock
        if self._is_cut:
            self.cut()

    def cut(self) -> None:
        self._is_cut = True
        if self._socket is not None:
            with suppress(OSError):  # it is closed already
                self._socket.shutdown(socket.SHUT_RDWR)


def _follow(request: HTTPRequest, timeout: float, line: _Line) -> HTTPReply:
    url = request.url
    for _ in range(MAX_REDIRECTS + 1):
        reply = _once(request, url, timeout, line)
        target = reply.headers.get("Location")
        if reply.status not in (307, 308) or not target:
            return reply
        try:
            url = urljoin(url, target)
            leads_on = _origin(url) == _origin(request.url)
        except ValueError:  # the server's mistake
            leads_on = False
        if not leads_on:
            return reply
    problem = f"more than {MAX_REDIRECTS} redirects; check the base URL"
    raise LLMBackendError(problem, kind="rejected")


def _once(request: HTTPRequest, url: str, timeout: float, line: _Line) -> HTTPReply:
    parts = urlsplit(url)
    where = parts.netloc.rpartition("@")[2]
    proxy = proxy_for(url)
    by = "" if proxy is None else str(proxy)
    try:
        connection, target, proxy_headers = _connection(parts, proxy, timeout)
        try:
            connection.connect()
            line.take(connection)
            all_headers = {"Accept-Encoding": "identity", **request.headers, **proxy_headers}
            connection.request(request.method, target, request.body, all_headers)
            with connection.getresponse() as response:
                return HTTPReply(response.status, response.headers, _body(response), url, by)
        finally:
            connection.close()
    except (OSError, http.client.HTTPException, ValueError) as error:
        # The socket's own limit, which may be noticed just before the deadline is; the system's
        # has a number.
        is_late = isinstance(error, TimeoutError) and error.errno is None
        failure = timed_out(timeout) if is_late else connection_failure(error, where, proxy=by)
    raise failure


def _body(response: http.client.HTTPResponse) -> bytes:
    chunks: list[bytes] = []
    size = 0
    while chunk := response.read(_CHUNK):
        size += len(chunk)
        if size > MAX_BODY_BYTES:
            raise _too_large()
        chunks.append(chunk)
    if response.length:
        raise http.client.IncompleteRead(b"", response.length)
    body = unpacked(b"".join(chunks), response.headers.get("Content-Encoding", ""))
    if problem := holds_too_much(body):
        raise LLMBackendError(problem, kind="rejected")
    return body


def unpacked(body: bytes, encoding: str) -> bytes:
    """Undo the encoding of a body, which some gateways compress unasked, within the bound on size.

    Args:
        body: The body, as it came.
        encoding: The header `Content-Encoding`; `gzip` and `deflate` are known.

    Returns:
        The body, of at most 6 MB.

    Raises:
        LLMBackendError: Of kind `rejected`, when it is too large or its encoding is not known; of
            kind `connection`, when it is cut or damaged.
    """
    name = encoding.strip().lower()
    if name in ("", "identity") or not body:
        return body
    if name not in ("gzip", "x-gzip", "deflate"):
        raise LLMBackendError(
            f"the server sent a body in the encoding {name!r}, which was not asked for",
            kind="rejected",
        )
    # Either of gzip and zlib, by the body's own head; or deflate without any (RFC 9110, 8.4.1.2).
    has_head = name != "deflate" or (body[0] & 0x0F) == 8
    parts: list[bytes] = []
    left, is_whole = MAX_BODY_BYTES + 1, True
    with suppress(zlib.error):
        for _ in range(_MAX_MEMBERS):
            is_whole = False
            reader = zlib.decompressobj(zlib.MAX_WBITS | 32 if has_head else -zlib.MAX_WBITS)
            parts.append(reader.decompress(body, left))
            left -= len(parts[-1])
            is_whole, body = reader.eof and not reader.unused_data, reader.unused_data
            if left <= 0 or not body:
                break
    if left <= 0:
        raise _too_large()
    if not is_whole:
        raise LLMBackendError(
            f"the server's {name} body is damaged or broken off; try again",
            kind="connection",
            retryable=True,
        )
    return b"".join(parts)


def _too_large() -> LLMBackendError:
    return LLMBackendError(f"the reply is larger than {MAX_BODY_BYTES:,} bytes", kind="rejected")


def _marks(body: bytes) -> int:
    """How many values JSON can hold in these bytes."""
    return body.count(b",") + body.count(b"[") + body.count(b"{")


def _connection(
    parts: SplitResult, proxy: Proxy | None, timeout: float
) -> tuple[http.client.HTTPConnection, str, dict[str, str]]:
    """An unopened connection to the host or its proxy, the request target, and headers for it."""
    host = parts.hostname or ""
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    if proxy is None:
        if parts.scheme == "https":
            return http.client.HTTPSConnection(host, parts.port, timeout=timeout), target, {}
        return http.client.HTTPConnection(host, parts.port, timeout=timeout), target, {}
    authorization = _proxy_authorization(proxy.address)
    proxy_host, proxy_port = proxy.address.hostname or "", proxy.address.port or 80
    if parts.scheme == "https":
        tunnel = http.client.HTTPSConnection(proxy_host, proxy_port, timeout=timeout)
        tunnel.set_tunnel(host, parts.port or 443, authorization)
        return tunnel, target, {}
    where = parts.netloc.rpartition("@")[2]
    plain = http.client.HTTPConnection(proxy_host, proxy_port, timeout=timeout)
    return plain, f"http://{where}{target}", {**authorization, "Host": where}


def _proxy_authorization(proxy: SplitResult) -> dict[str, str]:
    if proxy.username is None:
        return {}
    pair = f"{unquote(proxy.username)}:{unquote(proxy.password or '')}"
    return {"Proxy-Authorization": "Basic " + base64.b64encode(pair.encode()).decode()}


def _origin(url: str) -> tuple[str, str | None, int | None]:
    parts = urlsplit(url)
    default = {"http": 80, "https": 443}.get(parts.scheme)
    return parts.scheme, parts.hostname, parts.port or default
