"""The program that serves a portal: `python -P -m openrange.packs.webapp.serve`.

It reads one line from standard input, `{"world": ..., "flag": ...}`; writes one line to standard
output, `{"port": ...}`; and ends when its standard input does.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import threading
from typing import NoReturn, cast

from openrange.packs.webapp.http_server import PortalServer
from openrange.packs.webapp.portal import Portal
from openrange.packs.webapp.world import World

MAX_LINE_BYTES = 16_000_000


def main() -> NoReturn:
    """Serve a portal until standard input ends."""
    portal = _read_portal(sys.stdin.buffer.readline(MAX_LINE_BYTES + 1))
    if portal is None:
        sys.exit('expected one line of JSON on standard input: {"world": ..., "flag": ...}')
    server = PortalServer(portal)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    sys.stdout.write(json.dumps({"port": server.server_port}) + "\n")
    sys.stdout.flush()
    with contextlib.suppress(KeyboardInterrupt):
        while sys.stdin.buffer.read(65_536):
            pass
    # At once, whatever the threads are busy with: there is nothing to keep.
    os._exit(0)


def _read_portal(line: bytes) -> Portal | None:
    """The portal that a line describes; None, and not a word of the line, if it describes none."""
    if len(line) > MAX_LINE_BYTES:
        return None
    try:
        boot = json.loads(line)
        world, flag = boot["world"], boot["flag"]
        return Portal(cast(World, world), flag) if isinstance(flag, str) else None
    except (ValueError, KeyError, TypeError, RecursionError):
        return None


if __name__ == "__main__":
    main()
