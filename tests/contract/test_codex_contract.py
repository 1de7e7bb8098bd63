from __future__ import annotations

import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, ClassVar

from openrange import CodexBackend
from openrange.testing import Answer, BackendContract, ChatServer, Script, Seen, Sent

# A stand-in for the program, which fetches what to do from the script.
PROGRAM = """\
#!{python} -IS
import http.client, json, os, sys

def option(name):
    return sys.argv[sys.argv.index(name) + 1] if name in sys.argv else None

if sys.argv[1:] == ["login", "status"]:
    sys.exit()
prompt = sys.stdin.buffer.read().decode("utf-8")
schema = option("--output-schema")
asked = {{"prompt": prompt, "schema": json.load(open(schema)) if schema else None,
          "key": os.environ.get("OPENAI_API_KEY")}}
line = http.client.HTTPConnection("127.0.0.1", {port})
line.request("POST", "/", json.dumps(asked).encode())
try:
    reply = line.getresponse()
except http.client.HTTPException as error:
    sys.exit(f"ERROR: {{error}}")
if reply.status != 200:
    sys.stderr.write("\\nERROR: " + reply.read().decode("utf-8") + "\\n")
    sys.exit(1)
last = option("--output-last-message")
out = open(last, "wb") if last else sys.stdout.buffer
while byte := reply.read(1):
    out.write(byte)
    out.flush()
if not last:
    out.write(b"\\n")
"""


class TestCodexBackend(BackendContract):
    name = "codex"
    key_variable = "OPENAI_API_KEY"
    not_covered: ClassVar = {
        "roles": "the program takes one text",
        **dict.fromkeys(
            ("cut-reply", "withheld-reply", "tokens"), "the program does not report it"
        ),
        **dict.fromkeys(
            ("malformed-response", "odd-response", "errors-in-a-success"),
            "whatever the program writes is text",
        ),
        **dict.fromkeys(
            ("status", "retryable", "broken-connection", "retries", "retry-after"),
            "the program makes the requests, and repeats them; all it shows is an exit status",
        ),
        **dict.fromkeys(
            (
                "given-key-wins",
                "missing-key",
                "no-key-in-repr",
                "no-key-in-pickles",
                "keys-stay-out-of-files",
            ),
            "the program keeps its account itself, so no field holds a key",
        ),
        "quiet-start": "the program alone can tell whether it is signed in",
        "detected": "it is chosen where the program is signed in, and by no variable",
    }

    def backend(self, url: str, **fields: Any) -> CodexBackend:
        return CodexBackend(command=url, **fields)

    @contextmanager
    def wire(self, script: Script) -> Iterator[str]:
        def respond(seen: Seen) -> Answer:
            asked: Any = seen.body
            turn = script.next(Sent(asked["prompt"], None, asked["schema"], asked["key"]))
            said = turn.text.encode() if turn.body is None else turn.body
            return Answer(turn.status, raw=said, delay=turn.hangs, drip=turn.drips, drop=turn.drops)

        with ChatServer(respond).running() as server, tempfile.TemporaryDirectory() as folder:
            port = server.origin.rpartition(":")[2]
            program = Path(folder, "codex")
            program.write_text(PROGRAM.format(python=sys.executable, port=port), "utf-8")
            program.chmod(0o755)
            yield str(program)
