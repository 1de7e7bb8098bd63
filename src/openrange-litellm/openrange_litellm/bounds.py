"""What one call may cost: time, bytes and redirects, whatever the server at the other end does.

The bounds sit on the one public method by which every synchronous client of httpx, and of its
successor httpx2, sends a request. Outside of a call of ours they do nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from contextvars import ContextVar
from dataclasses import dataclass, field
from functools import wraps
from socket import SHUT_RDWR
from typing import Any
from urllib.parse import urlsplit

from openrange.llm import (
    MAX_BODY_BYTES,
    MAX_REDIRECTS,
    LLMBackendError,
    holds_too_much,
    unpacked,
)

_CONNECTED = ("connect_tcp.complete", "start_tls.complete")
_STEPS = ("connect", "read", "write", "pool")
# What a response's extensions tell of it, and not of its connection.
_TOLD = ("http_version", "reason_phrase")
_PACKING = ("content-encoding", "content-length", "transfer-encoding")


@dataclass(slots=True)
class Bounds:
    """What is left to one call, and what was seen of its requests.

    Args:
        seconds: How long it may take.
        bytes_left: How much it may still read.
        place: The only host that its requests may go to, by the URL of an API there; empty for
            any.

    Attributes:
        bodies: The bodies of the successes.
        asked: The address of the last request.
        answered: The response to it, if there was one.
        fault: What was raised in its place.
        failure: Which bound was passed, if one was; LiteLLM's own error may not tell.
    """

    seconds: float
    bytes_left: int = MAX_BODY_BYTES
    place: str = ""
    bodies: list[str] = field(default_factory=list, init=False, repr=False)
    asked: str = field(default="", init=False, repr=False)
    answered: Any = field(default=None, init=False, repr=False)
    fault: Exception | None = field(default=None, init=False, repr=False)
    failure: LLMBackendError | None = field(default=None, init=False, repr=False)
    _strayed: str = field(default="", init=False)
    _end: float = field(init=False)
    _stream: Any = field(default=None, init=False, repr=False)
    _is_cut: bool = field(default=False, init=False)

    def __post_init__(self) -> None:
        self._end = time.monotonic() + self.seconds

    @property
    def elsewhere(self) -> LLMBackendError | None:
        """That a call would have gone to another host, where it ended without a request to its own.

        LiteLLM looks some things up elsewhere, which it can do without.
        """
        if not self._strayed:
            return None
        return LLMBackendError(
            f"LiteLLM would send this to {self._strayed}, and not to {self.place}, as api_base "
            "says: it knows no other place for this provider; leave api_base out, or take another "
            "provider, such as openai/ for a server that speaks Chat Completions",
            kind="rejected",
        )

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

    def prepare(self, request: Any) -> None:
        """Prepare a request that is about to be sent."""
        wanted = urlsplit(self.place).hostname
        if wanted and request.url.host.lower() != wanted:
            self._strayed = request.url.host
            raise ConnectionError(f"kept from asking {request.url.host}")
        self._strayed = ""
        self.asked, self.answered, self.fault = str(request.url), None, None
        left = max(self._end - time.monotonic(), 0.001)
        request.extensions |= {"timeout": dict.fromkeys(_STEPS, left), "trace": self._notice}
        # So little can be packed into so much that a compressed body has no bound.
        request.headers["accept-encoding"] = "identity"

    def read(self, library: Any, response: Any) -> bytes:
        """Read the body of a response that has just begun.

        Args:
            library: The module `httpx` or `httpx2`.
            response: Its response.

        Returns:
            The body, of which a compression is undone.
        """
        self._take_stream(response.extensions.get("network_stream"))
        length = response.headers.get("content-length", "")
        if length.isdecimal() and len(length) < 20 and int(length) > self.bytes_left:
            self._take(int(length))
        chunks: list[bytes] = []
        given = [response.content] if response.is_stream_consumed else response.iter_raw()
        for chunk in given:
            self._take(len(chunk))
            if time.monotonic() > self._end:
                raise library.ReadTimeout("the time is over", request=response.request)
            chunks.append(chunk)
        self._stream = None
        try:
            body = unpacked(b"".join(chunks), response.headers.get("content-encoding", ""))
        except LLMBackendError as error:
            self.failure = error
            raise
        if problem := holds_too_much(body):
            self.stop(problem)
        return body

    def take(self, response: Any) -> None:
        """Remember a whole response, with which a request ends."""
        if response.request.method == "GET":
            return  # it only looked something up
        self.answered = response
        if response.is_success:
            self.bodies.append(response.text)

    def stop(self, problem: str) -> None:
        """End the call, for which a bound was passed."""
        self.failure = LLMBackendError(problem, kind="rejected")
        raise ValueError(problem)

    def _take(self, size: int) -> None:
        self.bytes_left -= size
        if self.bytes_left < 0:
            self.stop(f"the reply is larger than {MAX_BODY_BYTES:,} bytes")

    def _notice(self, event: str, info: Mapping[str, Any]) -> None:
        if event.endswith(_CONNECTED):
            self._take_stream(info.get("return_value"))

    def _take_stream(self, stream: Any) -> None:
        self._stream = stream
        if self._is_cut:
            self.cut()


_BOUNDS: ContextVar[Bounds | None] = ContextVar("bounds", default=None)
_MARK = "openrange_bound"


def bind(library: Any) -> None:
    """Have every synchronous client of an HTTP library keep to the bounds of its call.

    Args:
        library: The module `httpx` or `httpx2`. A second time does nothing.
    """
    unbound = library.Client.send
    if hasattr(unbound, _MARK):
        return

    @wraps(unbound)
    def send(client: Any, request: Any, **options: Any) -> Any:
        bounds = _BOUNDS.get()
        if bounds is None:
            return unbound(client, request, **options)
        given = options.get("follow_redirects")
        follows = given if isinstance(given, bool) else client.follow_redirects
        options |= {"stream": True, "follow_redirects": False}
        history: list[Any] = []
        try:
            while True:
                bounds.prepare(request)
                response = unbound(client, request, **options)
                whole = _read(library, bounds, response, history)
                following = response.next_request
                # Elsewhere the key may be in any header, or in the address.
                stays = following is not None and _origin(following.url) == _origin(request.url)
                if not (follows and stays):
                    bounds.take(whole)
                    return whole
                history.append(whole)
                if len(history) > MAX_REDIRECTS:
                    bounds.stop(f"more than {MAX_REDIRECTS} redirects; check api_base")
                request = following
        except Exception as error:
            bounds.fault = error
            if isinstance(error, library.RemoteProtocolError) and "location" in str(error).lower():
                bounds.stop("the server redirects to something that is no address")
            raise

    setattr(send, _MARK, True)
    library.Client.send = send


def _read(library: Any, bounds: Bounds, response: Any, history: list[Any]) -> Any:
    """The same response, with its whole body."""
    try:
        body = bounds.read(library, response)
    finally:
        response.close()
    whole = library.Response(
        response.status_code,
        headers=[(k, v) for k, v in response.headers.multi_items() if k.lower() not in _PACKING],
        content=body,
        request=response.request,
        extensions={k: v for k, v in response.extensions.items() if k in _TOLD},
        history=[*history],
        default_encoding=response.default_encoding,
    )
    with suppress(RuntimeError):  # it was not sent
        whole.elapsed = response.elapsed
    return whole


def _origin(url: Any) -> tuple[str, str, int | None]:
    return url.scheme, url.host, url.port  # which is None where it is the scheme's own
