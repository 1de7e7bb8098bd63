"""For the tests of plugins: the contract of backends as a test suite, and what it is built on.

`BackendContract` needs pytest, which is no dependency of OpenRange; the rest does not.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # explicit aliases, so that type checkers see them as exported
    from openrange.testing.chat_server import Answer as Answer
    from openrange.testing.chat_server import ChatServer as ChatServer
    from openrange.testing.chat_server import Seen as Seen
    from openrange.testing.chat_server import answer_by_schema as answer_by_schema
    from openrange.testing.chat_server import completion as completion
    from openrange.testing.contract import BackendContract as BackendContract
    from openrange.testing.script import Script as Script
    from openrange.testing.script import Sent as Sent
    from openrange.testing.script import Turn as Turn
    from openrange.testing.scripted import ScriptedBackend as ScriptedBackend

_HOMES = {
    "openrange.testing.chat_server": [
        "Answer",
        "ChatServer",
        "Seen",
        "answer_by_schema",
        "completion",
    ],
    "openrange.testing.contract": ["BackendContract"],
    "openrange.testing.script": ["Script", "Sent", "Turn"],
    "openrange.testing.scripted": ["ScriptedBackend"],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}

__all__ = sorted(_HOME_OF)


def __getattr__(name: str) -> Any:
    if name not in _HOME_OF:
        raise AttributeError(f"module 'openrange.testing' has no attribute {name!r}")
    return getattr(importlib.import_module(_HOME_OF[name]), name)
