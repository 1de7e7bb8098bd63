from __future__ import annotations

import json
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from openrange import ClaudeBackend
from openrange.testing import Answer, BackendContract, ChatServer, Script, Seen, Sent, Turn

# A stand-in for the program, which fetches what to do from the script.
PROGRAM = """\
#!{python} -IS
import http.client, json, os, sys

def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None

key = os.environ.get("ANTHROPIC_API_KEY")
if sys.argv[1:3] == ["auth", "status"]:
    print(json.dumps({{"loggedIn": bool(key)}}))
    sys.exit()
schema = option("--json-schema")
asked = {{"prompt": sys.stdin.buffer.read().decode("utf-8"), "system": option("--system-prompt"),
          "schema": json.loads(schema) if schema else None, "key": key}}
line = http.client.HTTPConnection("127.0.0.1", {port})
line.request("POST", "/", json.dumps(asked).encode())
try:
    reply = line.getresponse()
except http.client.HTTPException as error:
    print(json.dumps({{"type": "result", "is_error": True, "api_error_status": None,
                      "result": "API Error: Connection error."}}))
    sys.exit(1)
while byte := reply.read(1):
    sys.stdout.buffer.write(byte)
    sys.stdout.flush()
sys.exit(reply.status != 200)
"""
ENDINGS = {"stop": "end_turn", "length": "max_tokens", "refusal": "refusal", "filter": "refusal"}


def document_of(turn: Turn) -> dict[str, object]:
    """What the program writes at its end."""
    failed = turn.status != 200
    found: dict[str, object] = {
        "type": "result",
        "is_error": failed or turn.finish == "refusal",
        "api_error_status": turn.status if failed else None,
        "result": f"API Error: {turn.status} {turn.text}" if failed else turn.text,
        "stop_reason": "stop_sequence" if failed else ENDINGS[turn.finish],
        "usage": {"input_tokens": turn.input_tokens, "output_tokens": turn.output_tokens},
        "modelUsage": {} if failed else {"claude-opus-4-8[1m]": {}},
        "total_cost_usd": 0,
    }
    return found


class TestClaudeBackend(BackendContract):
    name = "claude"
    key_variable = "ANTHROPIC_API_KEY"
    not_covered: ClassVar = {
        "roles": "the program has a system text of its own where none is given",
        "errors-in-a-success": "the program reads the provider's responses itself",
        "retry-after": "the program does not say how long the provider asks to wait",
        **dict.fromkeys(
            ("given-key-wins", "no-key-in-repr", "no-key-in-pickles", "keys-stay-out-of-files"),
            "the program keeps its account itself, so no field holds a key",
        ),
        "missing-key": "the program may be signed in without one",
        "quiet-start": "the program alone can tell whether it is signed in",
        "detected": "it is chosen where the program is signed in, and by no variable",
    }

    def backend(self, url: str, **fields: Any) -> ClaudeBackend:
        return ClaudeBackend(command=url, **fields)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        def respond(seen: Seen) -> Answer:
            asked: Any = seen.body
            turn = script.next(
                Sent(asked["prompt"], asked["system"], asked["schema"], asked["key"])
            )
            said = json.dumps(document_of(turn)).encode() if turn.body is None else turn.body
            return Answer(turn.status, raw=said, delay=turn.hangs, drip=turn.drips, drop=turn.drops)

        with ChatServer(respond).running() as server, tempfile.TemporaryDirectory() as folder:
            port = server.origin.rpartition(":")[2]
            program = Path(folder, "claude")
            program.write_text(PROGRAM.format(python=sys.executable, port=port), "utf-8")
            program.chmod(0o755)
            yield str(program)
