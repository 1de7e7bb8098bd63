"""A site of a few fixed pages on loopback."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

Reply = tuple[int, Mapping[str, str], bytes]


@contextmanager
def small_site(answer: Callable[[str], str | Reply | None]) -> Iterator[tuple[str, list[str]]]:
    """Serve what a function says of each path; None is a 404.

    Yields:
        The site's origin, and the requests as they arrive, such as `GET /`.
    """
    seen: list[str] = []

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *args: object) -> None:
            pass

        def do_GET(self) -> None:
            seen.append(f"{self.command} {self.path}")
            said = answer(self.path)
            if said is None:
                said = (404, {}, b"")
            elif isinstance(said, str):
                said = (200, {"Content-Type": "text/html"}, said.encode())
            status, headers, body = said
            self.send_response(status)
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.do_GET()

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}", seen
        finally:
            server.shutdown()
            thread.join()
