"""What could serve a world, measured: start, memory, and requests a second.

The table in `docs/worlds.md` is made by it: `nox -s servers`.
"""

from __future__ import annotations

import socket
import statistics
import subprocess
import sys
import time
from pathlib import Path

PAGE = 3_000
STARTS = 15
SECONDS = 3.0

BARE = """
import socket, sqlite3
listener = socket.create_server(("127.0.0.1", 0))
sqlite3.connect(":memory:").execute("CREATE TABLE t (x)")
print(listener.getsockname()[1], flush=True)
input()
"""
OURS = """
from openrange.worlds.http import Response
from openrange.worlds.server import Server
server = Server(lambda request: Response("x" * 3000))
print(server.port, flush=True)
server.run()
"""
STANDARD = """
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    wbufsize = 65_536
    def log_message(self, *args): pass
    def do_GET(self):
        self.send_response(200)
        self.send_header("Content-Length", "3000")
        self.end_headers()
        self.wfile.write(b"x" * 3000)
server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
print(server.server_port, flush=True)
server.serve_forever()
"""
WAITRESS = """
import waitress
def application(environ, start):
    start("200 OK", [("Content-Length", "3000")])
    return [b"x" * 3000]
server = waitress.create_server(application, host="127.0.0.1", port=0, threads=8)
print(server.effective_port, flush=True)
server.run()
"""
UVICORN = """
import socket, uvicorn
async def application(scope, receive, send):
    headers = [(b"content-length", b"3000")]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": b"x" * 3000})
listener = socket.create_server(("127.0.0.1", 0))
print(listener.getsockname()[1], flush=True)
settings = {"log_level": "critical", "access_log": False, "lifespan": "off"}
uvicorn.Server(uvicorn.Config(application, **settings)).run([listener])
"""
PROGRAMS = {
    "a socket and SQLite alone": BARE,
    "openrange.worlds": OURS,
    "http.server": STANDARD,
    "waitress": WAITRESS,
    "uvicorn": UVICORN,
}


def ask(connection: socket.socket, port: int, *, last: bool = False) -> None:
    """One request, and its whole answer."""
    close = "Connection: close\r\n" if last else ""
    connection.sendall(f"GET / HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\n{close}\r\n".encode())
    answer = b""
    while answer.count(b"x") < PAGE:
        chunk = connection.recv(65_536)
        if not chunk:
            raise ConnectionError
        answer += chunk


def connected(port: int) -> socket.socket:
    """A connection, as soon as somebody listens."""
    for _ in range(5_000):
        try:
            return socket.create_connection(("127.0.0.1", port))
        except OSError:
            time.sleep(0.002)
    raise TimeoutError


def started(program: str) -> tuple[subprocess.Popen[bytes], int, float]:
    """A server that has answered, its port, and the milliseconds that took."""
    begin = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-P", "-c", program], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    assert process.stdout is not None
    port = int(process.stdout.readline())
    if program is not BARE:
        with connected(port) as connection:
            ask(connection, port, last=True)
    return process, port, (time.perf_counter() - begin) * 1000


def rate(port: int, *, kept: bool) -> float:
    """Requests a second."""
    count, begin = 0, time.perf_counter()
    connection = connected(port)
    while time.perf_counter() - begin < SECONDS:
        ask(connection, port, last=not kept)
        count += 1
        if not kept:
            connection.close()
            connection = connected(port)
    connection.close()
    return count / SECONDS


def main() -> None:
    """Print the table."""
    for name, program in PROGRAMS.items():
        taken = []
        for _ in range(STARTS):
            process, _, milliseconds = started(program)
            taken.append(milliseconds)
            process.kill()
            process.wait()
        process, port, _ = started(program)
        status = Path(f"/proc/{process.pid}/status").read_text()
        memory = int(status.partition("VmRSS:")[2].split()[0]) / 1000
        times = f"{min(taken):6.0f} ms (median {statistics.median(taken):.0f})"
        row = f"{name:<26} {times} {memory:4.0f} MB"
        if program is not BARE:
            row += f" {rate(port, kept=True):8.0f}/s kept {rate(port, kept=False):6.0f}/s new"
        process.kill()
        process.wait()
        print(row, flush=True)


if __name__ == "__main__":
    main()
