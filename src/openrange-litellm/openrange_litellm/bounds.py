"""What one call may cost: time, bytes and redirects, whatever the server at the other end does.

The limits are listeners on the HTTP clients that LiteLLM uses, so that proxies, certificates and
open connections stay as LiteLLM has them. Outside of a call of ours they do nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from socket import SHUT_RDWR
from typing import Any

from openrange.llm import MAX_BODY_BYTES, MAX_REDIRECTS, LLMBackendError, holds_too_much

_CONNECTED = ("connect_tcp.complete", "start_tls.complete")
_STEPS = ("connect", "read", "write", "pool")


@dataclass(slots=True)
class Bounds:
    """What is left to one call.

    Args:
        seconds: How long it may take.
        bytes_left: How much it may still read.
        redirects_left: How often it may still be sent elsewhere.
    """

    seconds: float
    bytes_left: int = MAX_BODY_BYTES
    redirects_left: int = MAX_REDIRECTS
    _end: float = field(init=False)
    _problem: str | None = field(default=None, init=False)
    _stream: Any = field(default=None, init=False, repr=False)
    _is_cut: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def failure(self) -> LLMBackendError | None:
        """Which bound was passed, if one was; LiteLLM's own error may not tell."""
        return LLMBackendError(self._problem, kind="rejected") if self._problem else None

    @contextmanager
    def kept(self) -> Iterator[None]:
        """Keep to these bounds inside of the context."""
        token = _BOUNDS.set(self)
        try:
            yield
        finally:
            _BOUNDS.reset(token)

    def cut(self) -> None:
        """Break the connection in use, so that a call that nobody waits for any more ends."""
        self._is_cut = True
        if self._stream is not None:
            with suppress(OSError, AttributeError):  # it is closed already
                self._stream.get_extra_info("socket").shutdown(SHUT_RDWR)

    def send(self, request: Any) -> None:
        """Prepare a request that is about to be sent."""
        left = max(self._end - time.monotonic(), 0.001)
        request.extensions["timeout"] = dict.fromkeys(_STEPS, left)
        request.extensions["trace"] = self._notice
        # So little can be packed into so much that a compressed body has no bound.
        request.headers["accept-encoding"] = "identity"

    def receive(self, response: Any) -> None:
        """Read a response that has just begun."""
        import httpx

        self._take_stream(response.extensions.get("network_stream"))
        self._judge(response)
        chunks: list[bytes] = []
        for chunk in response.stream:
            self._take(len(chunk))
            if time.monotonic() > self._end:
                raise httpx.ReadTimeout("the time is over", request=response.request)
            chunks.append(chunk)
        response.stream.close()
        self._stream = None
        body = b"".join(chunks)
        if problem := holds_too_much(body):
            self._stop(problem)
        response.stream = httpx.ByteStream(body)

    def _judge(self, response: Any) -> None:
        encoding = response.headers.get("content-encoding", "identity").strip().lower()
        if encoding not in ("", "identity"):
            self._stop(
                f"the server sent a body in the encoding {encoding!r}, which was not asked for"
            )
        length = response.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > self.bytes_left:
            self._stop_reading()
        if response.has_redirect_location:
            if self.redirects_left <= 0:
                self._stop(f"more than {MAX_REDIRECTS} redirects; check api_base")
            self.redirects_left -= 1
            if not _stays(response):
                # Not followed, for the key may be in any header, or in the address.
                del response.headers["location"]

    def _take(self, size: int) -> None:
        self.bytes_left -= size
        if self.bytes_left < 0:
            self._stop_reading()

    def _stop_reading(self) -> None:
        self._stop(f"the reply is larger than {MAX_BODY_BYTES:,} bytes")

    def _stop(self, problem: str) -> None:
        self._problem = problem
        raise ValueError(problem)

    def _notice(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._take_stream(info.get("return_value"))

    def _take_stream(self, stream: Any) -> None:
        self._stream = stream
        if self._is_cut:
            self.cut()


_BOUNDS: ContextVar[Bounds | None] = ContextVar("bounds", default=None)


def watch(client: Any) -> None:
    """Have an HTTP client keep to the bounds of whatever call uses it.

    Args:
        client: An `httpx.Client`.
    """
    hooks = client.event_hooks
    if _receive not in hooks["response"]:
        # First, before anybody else reads the response.
        client.event_hooks = {
            "request": [*hooks["request"], _send],
            "response": [_receive, *hooks["response"]],
        }


def _send(request: Any) -> None:
    if bounds := _BOUNDS.get():
        bounds.send(request)


def _receive(response: Any) -> None:
    if bounds := _BOUNDS.get():
        bounds.receive(response)


def _stays(response: Any) -> bool:
    """Whether a redirect stays with the scheme, the host and the port that were asked."""
    try:
        target = response.url.join(response.headers["location"])
    except Exception:  # noqa: BLE001 - httpx raises several kinds for what is no address
        return False
    ours, theirs = (
        (url.scheme, url.host, url.port or {"http": 80, "https": 443}.get(url.scheme))
        for url in (response.url, target)
    )
    return bool(ours == theirs)
