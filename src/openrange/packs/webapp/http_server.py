"""HTTP around a portal: bounded requests, our own origin only, and no log."""

from __future__ import annotations

import sys
import traceback
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from socketserver import TCPServer
from typing import cast
from urllib.parse import parse_qsl, unquote

from openrange.packs.webapp import pages
from openrange.packs.webapp.portal import Portal, Request, Response
from openrange.packs.webapp.sessions import COOKIE

HOST = "127.0.0.1"
SOCKET_SECONDS = 10
MAX_TARGET = 8_192
MAX_BODY = 16_384
MAX_DISCARDED = 262_144
MAX_LENGTH_DIGITS = 12
MAX_FIELDS = 50

HEADERS = {
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; "
    "form-action 'self'; frame-ancestors 'none'; base-uri 'none'",
    "Connection": "close",
}


class PortalServer(ThreadingHTTPServer):
    """Serves a portal on a free port of the loopback interface.

    Args:
        portal: What to serve.
    """

    daemon_threads = True
    request_queue_size = 64

    def __init__(self, portal: Portal) -> None:
        self.portal = portal
        super().__init__((HOST, 0), _Handler)

    def server_bind(self) -> None:
        """Bind, without the look-up of the host's name that `HTTPServer` would do."""
        TCPServer.server_bind(self)
        self.server_name, self.server_port = HOST, self.server_address[1]

    def handle_error(self, request: object, client_address: object) -> None:
        """Say on standard error where a request failed, without a word of the request."""
        error = sys.exception()
        if error is None or isinstance(error, OSError):
            return  # the client went away
        where = "".join(traceback.format_tb(error.__traceback__))
        sys.stderr.write(f"{type(error).__name__} in a request\n{where}")


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = SOCKET_SECONDS

    def do_GET(self) -> None:
        self._answer(b"")

    def do_HEAD(self) -> None:
        self._answer(b"")

    def do_POST(self) -> None:
        if not self._is_for_us():
            return self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        length = self.headers.get("Content-Length", "")
        if "Transfer-Encoding" in self.headers or not (length.isascii() and length.isdigit()):
            return self._refuse(HTTPStatus.LENGTH_REQUIRED)
        if len(length) > MAX_LENGTH_DIGITS or int(length) > MAX_BODY:
            # Closing a connection with bytes unread can cost the client the reply.
            self.rfile.read(min(int(length[:MAX_LENGTH_DIGITS]), MAX_DISCARDED))
            return self._refuse(HTTPStatus.REQUEST_ENTITY_TOO_LARGE)
        return self._answer(self.rfile.read(int(length)))

    def _answer(self, body: bytes) -> None:
        if not self._is_for_us():
            return self._refuse(HTTPStatus.MISDIRECTED_REQUEST)
        if len(self.path) > MAX_TARGET:
            return self._refuse(HTTPStatus.REQUEST_URI_TOO_LONG)
        path, _, query = self.path.partition("?")
        try:
            request = Request(
                method="POST" if self.command == "POST" else "GET",
                path=unquote(path),
                query=_fields(query),
                form=_fields(body.decode("utf-8", "replace")),
                cookie=_cookie(self.headers.get("Cookie", "")),
            )
        except ValueError:
            return self._refuse(HTTPStatus.BAD_REQUEST)
        return self._send(cast(PortalServer, self.server).portal.answer(request))

    def _is_for_us(self) -> bool:
        """Whether the request names this server, as no page of another site can make it do."""
        port = cast(PortalServer, self.server).server_port
        hosts = [host.strip().lower() for host in self.headers.get_all("Host", [])]
        return hosts in ([f"{HOST}:{port}"], [f"localhost:{port}"])

    def _refuse(self, status: HTTPStatus) -> None:
        self._send(Response(pages.bare(status), status))

    def _send(self, response: Response) -> None:
        self.close_connection = True
        body = response.body.encode("utf-8", "replace")
        self.send_response_only(response.status)
        self.send_header("Content-Type", response.content_type)
        self.send_header("Content-Length", str(len(body)))
        for name, value in {**HEADERS, **response.headers}.items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)

    def send_error(self, code: int, message: str | None = None, explain: str | None = None) -> None:
        """Refuse what the standard library finds wrong with a request."""
        self._refuse(HTTPStatus(code))

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        """Keep no log: requests hold passwords, and replies are nobody else's business."""


def _fields(encoded: str) -> dict[str, str]:
    pairs = parse_qsl(encoded, keep_blank_values=True, max_num_fields=MAX_FIELDS)
    return {name: value.replace("\0", "") for name, value in pairs}


def _cookie(header: str) -> str:
    for pair in header.split(";"):
        name, _, value = pair.strip().partition("=")
        if name == COOKIE:
            return value.strip('"')
    return ""
