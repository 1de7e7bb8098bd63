"""Real executables that take the place of the Codex program, and note how they were called."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

_PRELUDE = """\
#!{python} -IS
import json, os, signal, subprocess, sys, time

arguments = sys.argv[1:]

def option(name):
    return arguments[arguments.index(name) + 1] if name in arguments else None

def answer(text):
    file = option("--output-last-message")
    if file is None:
        print(text)
    else:
        with open(file, "w", encoding="utf-8") as stream:
            stream.write(text)

def fail(status, text):
    print(text, file=sys.stderr)
    sys.exit(status)

if arguments == ["login", "status"]:
    print("Logged in using an API key", file=sys.stderr)
    sys.exit()
prompt = sys.stdin.buffer.read().decode("utf-8")
file = option("--output-schema")
schema = json.load(open(file)) if file else None
call = {{
    "arguments": arguments,
    "prompt": prompt,
    "schema": schema,
    "cwd": os.getcwd(),
    "files": sorted(os.listdir()),
    "environment": dict(os.environ),
}}
with open({log!r}, "a") as stream:
    print(json.dumps(call), file=stream)
with open({log!r}) as stream:
    count = len(stream.readlines())

"""


@dataclass(frozen=True)
class Call:
    """One run of a program, as it saw it itself."""

    arguments: list[str]
    prompt: str
    schema: Mapping[str, object] | None
    cwd: str
    files: list[str]
    environment: dict[str, str]

    def option(self, name: str) -> str:
        """The value that follows an option."""
        return self.arguments[self.arguments.index(name) + 1]


@dataclass(frozen=True)
class Program:
    """An executable, and the log of its runs."""

    path: Path
    log: Path

    @property
    def command(self) -> str:
        return str(self.path)

    @property
    def calls(self) -> list[Call]:
        """Every run so far, the oldest first."""
        if not self.log.exists():
            return []
        return [Call(**json.loads(line)) for line in self.log.read_text().splitlines()]

    @property
    def call(self) -> Call:
        """The only run."""
        (only,) = self.calls
        return only


def write_program(path: Path, body: str) -> Program:
    """Write an executable.

    Args:
        path: Where to.
        body: Python that follows the reading of the call; `answer(text)` replies the way that Codex
            does, `fail(status, text)` ends with a text on standard error, `schema` is what it was
            given, and `count` is the number of this run, from 1.

    Returns:
        The program.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    log = path.with_suffix(".calls")
    path.write_text(_PRELUDE.format(python=sys.executable, log=str(log)) + body, encoding="utf-8")
    path.chmod(0o755)
    return Program(path, log)
