"""Plugins that are broken, each in a way of its own, for the tests of isolation."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from fake_plugins import ACME, FakePlugins

MARK = "plugin-was-here"
"""What a broken plugin leaves behind in its own folder if it is imported: a file of that name."""


@dataclass(frozen=True)
class Broken:
    """A plugin that is broken in one way.

    Args:
        verdict: What a check has to say.
        words: What stands in the reason.
        source: Its module.
    """

    verdict: str
    words: str
    source: str


DEMANDING = """
class Acme:
    def __init__(self, region: str) -> None: ...

    def complete(self, request): ...
"""

SOURCES: Mapping[str, Broken] = {
    "raising": Broken("broken", "RuntimeError: oh", "raise RuntimeError('oh')"),
    "syntax": Broken("broken", "SyntaxError", "def broken(:"),
    "classless": Broken("broken", "is not a class but function", "def Acme(): ..."),
    "mute": Broken("broken", "no method `complete`", "class Acme: ..."),
    "leaving": Broken("broken", "SystemExit: 3", "import sys; sys.exit(3)"),
    "vanishing": Broken(
        "broken", "its import ends the process (status 0)", "import os; os._exit(0)"
    ),
    "failing": Broken("broken", "its import ends the process (status 7)", "import os; os._exit(7)"),
    "crashing": Broken(
        "broken",
        "its import ends the process (SIGSEGV)",
        "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
    ),
    "interrupting": Broken("broken", "it raises KeyboardInterrupt", "raise KeyboardInterrupt"),
    "asking": Broken("broken", "EOFError", "input('are you there?')"),
    "newer": Broken(
        "broken",
        "upgrade the package openrange",
        "class Acme:\n openrange_contract = 2\n def complete(self, request): ...",
    ),
    "printing": Broken(
        "ready",
        "it prints while it is imported",
        "import os; print('{\"verdict\": \"broken\"}'); os.write(2, b'and more')\n" + ACME,
    ),
    "named": Broken(
        "ready",
        "its field 'backend' cannot be set in a file",
        ACME.replace("region:", "backend:"),
    ),
    "demanding": Broken("not configured", "needs the option 'region'", DEMANDING),
    "careful": Broken(
        "not configured",
        "set ACME_REGION",
        ACME
        + "    def preflight(self):\n"
        + "        from openrange import LLMBackendError\n"
        + "        raise LLMBackendError('set ACME_REGION', kind='not-configured')\n",
    ),
    "careless": Broken(
        "broken",
        "it raises KeyError while it is made and checked",
        ACME + "    def preflight(self): raise KeyError('region')\n",
    ),
    "hooked": Broken(
        "broken",
        "its hook openrange_environment failed",
        ACME.replace("import LLMResult", "import LLMResult, hookimpl")
        + "    @classmethod\n    @hookimpl\n    def openrange_environment(cls): return 3\n",
    ),
    "explosive": Broken(
        "broken",
        "its construction or preflight ends the process (status 9)",
        ACME + "    def __post_init__(self): import os; os._exit(9)\n",
    ),
}


def install_broken(plugins: FakePlugins, *names: str) -> None:
    """Install some of these plugins, or all of them, each as a backend of its own name.

    Args:
        plugins: Where.
        names: Which of `SOURCES`.
    """
    for name in names or SOURCES:
        mark = f"open(__file__ + '.{MARK}', 'w').close()\n"
        source = SOURCES[name].source
        plugins.install(
            f"acme-{name}",
            backends={name: f"acme_{name}:Acme"},
            source=source if "def broken(:" in source else mark + source,
        )


def install_torn(plugins: FakePlugins) -> dict[str, str]:
    """Install what was uninstalled half-way, or whose metadata was damaged.

    Args:
        plugins: Where.

    Returns:
        Name of the metadata's folder to what a check says of it.
    """
    damages: dict[str, tuple[str, bytes | None, str]] = {
        "gone": ("METADATA", None, "METADATA is missing"),
        "nameless": ("METADATA", b"Metadata-Version: 2.1\n\n", "METADATA names no distribution"),
        "blurred": ("METADATA", b"Name: \xff\xfe\x80\n", "METADATA is not UTF-8"),
        "garbled": ("entry_points.txt", b"\xff\xfe[openrange.backends]", "is not UTF-8"),
        "malformed": ("entry_points.txt", b"[openrange.backends\n= = =\n:::\n", "is malformed"),
    }
    said = {}
    for name, (file, content, words) in damages.items():
        info = plugins.install(f"torn-{name}", backends={f"torn-{name}": f"torn_{name}:Acme"})
        info.joinpath(file).unlink() if content is None else info.joinpath(file).write_bytes(
            content
        )
        said[info.name] = words
    plugins.forget()
    return said


def marks(below: Path) -> list[str]:
    """The broken plugins that were imported."""
    return sorted(file.name for file in below.rglob(f"*{MARK}"))
