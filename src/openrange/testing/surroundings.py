"""What a library must leave as it found it; and, as a program, what importing a module does to it.

`python -m openrange.testing.surroundings MODULE FILE` imports a module in a process of its own, and
writes to the file what that did, as JSON.
"""

from __future__ import annotations

import importlib
import json
import locale
import logging
import os
import signal
import socket
import sys
import threading
import warnings
from collections.abc import Callable
from pathlib import Path

_NETWORK = ("socket.connect", "socket.getaddrinfo", "socket.sendto")
_PROGRAMS = ("subprocess.Popen", "os.system", "os.exec", "os.posix_spawn", "os.fork")


def surroundings() -> dict[str, object]:
    """The state of the process that belongs to everybody in it.

    Returns:
        Values that can be compared, by what they are called.
    """
    root = logging.getLogger()
    return {
        "the environment": dict(os.environ),
        "the working directory": Path.cwd(),
        "a signal handler": [signal.getsignal(number) for number in signal.valid_signals()],
        "the filters of warnings": list(warnings.filters),
        "how warnings are shown": warnings.showwarning,
        "the root logger": (root.level, list(root.handlers), logging.root.manager.disable),
        "a standard stream": (sys.stdin, sys.stdout, sys.stderr),
        "the hook for exceptions": (sys.excepthook, threading.excepthook),
        "the timeout of all sockets": socket.getdefaulttimeout(),
        "the locale": locale.setlocale(locale.LC_ALL),
        "the limit of recursion": sys.getrecursionlimit(),
    }


def changed(before: dict[str, object]) -> list[str]:
    """What is no longer as it was.

    Args:
        before: An earlier result of `surroundings`.

    Returns:
        The names of what changed.
    """
    after = surroundings()
    return [name for name, value in before.items() if after[name] != value]


def watch(tell: Callable[[str], object]) -> Callable[[], None]:
    """Watch for connections and programs that are started.

    Args:
        tell: Gets the event's name, from the thread in which it happens.

    Returns:
        Ends the watch. (The interpreter keeps the hook, which then does nothing.)
    """
    watching = [True]

    def hook(event: str, arguments: tuple[object, ...]) -> None:
        if watching and event in (*_NETWORK, *_PROGRAMS):
            tell(event)

    sys.addaudithook(hook)
    return watching.clear


def imported(module: str) -> dict[str, object]:
    """Import a module, and say what that did.

    Args:
        module: Its name.

    Returns:
        The foreign modules that came along, the events, the changes and the number of threads; or
        what was raised.
    """
    import openrange.llm  # noqa: F401 - what every backend needs is not counted

    state, known, events = surroundings(), set(sys.modules), list[str]()
    end = watch(events.append)
    try:
        importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - whatever a module does
        return {"raised": f"{type(error).__name__}: {error}"}
    end()
    ours = {"openrange", module.partition(".")[0], *sys.stdlib_module_names}
    foreign = {name for name in set(sys.modules) - known if name.partition(".")[0] not in ours}
    return {
        "modules": sorted(foreign),
        "events": events,
        "changed": changed(state),
        "threads": threading.active_count() - 1,
    }


if __name__ == "__main__":
    Path(sys.argv[2]).write_text(json.dumps(imported(sys.argv[1])), "utf-8")
    sys.stdout.flush()
    os._exit(0)  # a thread that the import left behind does not keep it
