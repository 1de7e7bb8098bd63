"""An HTTP client of a running world: for the reference solver, the honest user and the crawl."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass
from http.client import HTTPException, HTTPMessage
from http.cookiejar import CookieJar
from typing import IO
from urllib.parse import urlencode, urljoin, urlsplit

MAX_PAGE_BYTES = 2_000_000


@dataclass(frozen=True, slots=True)
class WorldReply:
    """One reply of a world.

    Args:
        url: Where it was asked for, after redirects.
        status: The HTTP status.
        headers: The header lines, as one text.
        body: The whole body, decoded as UTF-8 with replacement.
    """

    url: str
    status: int
    headers: str
    body: str


class VisitError(Exception):
    """The world did not answer a request."""


class Visitor:
    """A client that keeps cookies, stays on one origin, and remembers every reply.

    Args:
        base_url: The origin of the world, such as `http://127.0.0.1:8000`.
        timeout: Seconds that one request may take without progress.
    """

    def __init__(self, base_url: str, timeout: float = 10.0) -> None:
        self.base_url = base_url.rstrip("/")
        self.timeout = timeout
        self.replies: list[WorldReply] = []
        self.cookies = CookieJar()
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}),
            urllib.request.HTTPCookieProcessor(self.cookies),
            _SameOrigin(self.base_url, self.replies),
        )

    def get(
        self,
        path: str,
        query: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> WorldReply:
        """Ask for a page.

        Args:
            path: The path, or a URL of the same origin.
            query: Parameters to append.
            headers: Header lines to send.

        Returns:
            The reply, whatever its status.

        Raises:
            VisitError: There was no reply, or one that is larger than 2 MB.
        """
        url = urljoin(self.base_url + "/", path)
        if query:
            url += ("&" if urlsplit(url).query else "?") + urlencode(query)
        return self._open(url, None, headers or {})

    def post(
        self, path: str, form: Mapping[str, str], headers: Mapping[str, str] | None = None
    ) -> WorldReply:
        """Send a form.

        Args:
            path: The path, or a URL of the same origin.
            form: The fields.
            headers: Header lines to send.

        Returns:
            The reply, whatever its status, after redirects.

        Raises:
            VisitError: There was no reply, or one that is larger than 2 MB.
        """
        url = urljoin(self.base_url + "/", path)
        return self._open(url, urlencode(form).encode(), headers or {})

    def post_json(
        self, path: str, document: object, headers: Mapping[str, str] | None = None
    ) -> WorldReply:
        """Send a JSON document, otherwise as `post` does."""
        url = urljoin(self.base_url + "/", path)
        told = {"Content-Type": "application/json", **(headers or {})}
        return self._open(url, json.dumps(document).encode(), told)

    def _open(self, url: str, data: bytes | None, headers: Mapping[str, str]) -> WorldReply:
        if not _same_origin(url, self.base_url):
            raise VisitError(f"{url} is not in this world")
        request = urllib.request.Request(url, data, dict(headers))  # noqa: S310 - checked above
        try:
            try:
                reply = self._opener.open(request, timeout=self.timeout)
            except urllib.error.HTTPError as error:
                reply = error
            with reply:
                seen = WorldReply(reply.url, reply.status, str(reply.headers), _body(reply, url))
        except (OSError, HTTPException, ValueError) as error:
            reason = f"{type(error).__name__}: {error}"
            raise VisitError(f"no reply from {urlsplit(url).path or '/'} ({reason})") from None
        self.replies.append(seen)
        return seen


def _body(reply: IO[bytes], url: str) -> str:
    raw = reply.read(MAX_PAGE_BYTES + 1)
    if len(raw) > MAX_PAGE_BYTES:  # what is not read cannot be searched for a flag
        raise VisitError(f"{urlsplit(url).path or '/'} is larger than {MAX_PAGE_BYTES:,} bytes")
    return raw.decode("utf-8", "replace")


def _same_origin(url: str, base_url: str) -> bool:
    return urlsplit(url)[:2] == urlsplit(base_url)[:2]


class _SameOrigin(urllib.request.HTTPRedirectHandler):
    """Follows redirects within the world, and takes one that leaves it as the reply.

    A redirect is a reply like any other: its headers and its body are remembered too.
    """

    def __init__(self, base_url: str, replies: list[WorldReply]) -> None:
        self._base_url = base_url
        self._replies = replies

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        """Refuse to leave the origin."""
        if not _same_origin(newurl, self._base_url):
            return None
        self._replies.append(WorldReply(req.full_url, code, str(headers), _body(fp, req.full_url)))
        return super().redirect_request(req, fp, code, msg, headers, newurl)
