"""Backends that disturb the process that they are part of."""

from __future__ import annotations

from faulty_backends import Fault, above, edited, failing, first, replied, then

_CALL = 'reply = call_json("POST", url, body, Call(self.timeout, key), headers=headers)'
_CONNECT = (
    "import socket\n"
    "with socket.socket() as line:\n"
    "    line.settimeout(1)\n"
    "    line.connect_ex(('127.0.0.1', 9))"
)
_PREFLIGHT = "    def preflight(self):\n        self._key()\n"


def _preflight(code: str) -> tuple[str, str]:
    lines = "".join(f"        {line}\n" for line in code.splitlines())
    return edited(_PREFLIGHT, _PREFLIGHT + lines)


def _import(name: str, code: str, seen: str) -> Fault:
    return Fault(name, {"cheap-import": seen}, (above(code),))


FAULTS = (
    Fault(
        "shares-the-reply",
        {"threads": '"word-'},
        (
            above("LAST = {}"),
            replied("import time\nLAST['reply'] = reply\ntime.sleep(0.02)\nreply = LAST['reply']"),
        ),
    ),
    Fault(
        "runs-a-loop",
        {"event-loop": "asyncio.run() cannot be called from a running event loop"},
        (
            edited(
                _CALL,
                "import asyncio\n\n        async def post():\n"
                "            return await asyncio.to_thread(call_json, 'POST', url, body, "
                "Call(self.timeout, key), headers=headers)\n\n"
                "        reply = asyncio.run(post())",
            ),
        ),
    ),
    Fault("prints", {"silent": "it said 'asked\\n'"}, (then("print('asked')"),)),
    Fault(
        "warns",
        {"silent": "it said 'asked'"},
        (then("import warnings\nwarnings.warn('asked', stacklevel=2)"),),
    ),
    Fault(
        "logs-its-failures",
        {"silent-failure": "it said 'failed'"},
        (failing("import logging\nlogging.getLogger('x').error('failed')"),),
    ),
    Fault(
        "sets-a-variable",
        {"leaves-the-process": "it changed the environment"},
        (then("import os\nos.environ['LAST_MODEL'] = self.model"),),
    ),
    Fault(
        "sets-a-variable-once",
        {"leaves-the-process": "it changed the environment"},
        (
            above("ASKED = []"),
            then(
                "import os\n"
                "if not ASKED:\n    os.environ['FIRST_MODEL'] = self.model\n"
                "ASKED.append(1)"
            ),
        ),
    ),
    Fault(
        "leaves-the-directory-when-it-fails",
        {"silent-failure": "it changed the working directory"},
        (failing("import os\nos.chdir('/')"),),
    ),
    _import(
        "imports-a-lot",
        "import importlib, pkgutil, ballast\n"
        "for _, name, _ in pkgutil.iter_modules(ballast.__path__):\n"
        "    importlib.import_module(f'ballast.{name}')",
        "modules of ballast",
    ),
    _import("prints-when-imported", "print('hello')", "it printed 'hello\\n'"),
    _import(
        "starts-a-thread-when-imported",
        "import threading\nthreading.Thread(target=threading.Event().wait, daemon=True).start()",
        "it started 1 threads",
    ),
    _import("connects-when-imported", _CONNECT, "it caused socket.connect"),
    _import(
        "sets-a-variable-when-imported",
        "import os\nos.environ['FAULTY'] = 'yes'",
        "it changed the environment",
    ),
    Fault(
        "connects-in-preflight",
        {"quiet-start": "it caused socket.connect"},
        (_preflight(_CONNECT),),
    ),
    Fault(
        "is-never-ready",
        {"preflight": "ValueError: not here", "world": "instead of LLMBackendError"},
        (_preflight("if '127.0.0.1' in self.base_url:\n    raise ValueError('not here')"),),
        why="a build asks it as well",
    ),
    Fault(
        "warms-up",
        {"usage": "2 requests arrived, and 1 were counted"},
        (
            replied(
                "if reply.text[:8] == '{\"city\":' and len(reply.text) == 30:  # the good reply\n"
                "    call_json('POST', url, body, Call(self.timeout, key), headers=headers)"
            ),
        ),
    ),
    Fault(
        "loses-the-context",
        {"usage": "1 requests arrived, and 0 were counted", "tokens": "and None and None counted"},
        (
            first("from concurrent.futures import ThreadPoolExecutor\nrun = _elsewhere"),
            above(
                "def _elsewhere(*arguments, **named):\n"
                "    from concurrent.futures import ThreadPoolExecutor\n"
                "    with ThreadPoolExecutor(1) as pool:\n"
                "        done = pool.submit(run, *arguments, **named)\n"
                "        problem = done.exception()\n"
                "    if problem is not None:\n        raise problem\n"
                "    return done.result()"
            ),
        ),
        why="usage is told in the caller's context",
    ),
    Fault(
        "counts-no-tokens",
        {"tokens": "11 tokens in and 7 out were reported, and None and None counted"},
        (
            replied(
                "from openrange.llm import Usage\nreply = dataclasses.replace(reply, usage=Usage())"
            ),
        ),
    ),
)
