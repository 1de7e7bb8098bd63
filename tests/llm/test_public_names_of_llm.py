from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

import openrange.llm

PLUGIN = Path(__file__, "../../../src/openrange-litellm/openrange_litellm").resolve()
MODULES = sorted(PLUGIN.glob("**/*.py"))


def imported(file: Path) -> set[str]:
    """The modules of the core that a file imports, wherever in it."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(file.read_text("utf-8"))):
        if isinstance(node, ast.ImportFrom) and node.level == 0:
            names.add(node.module or "")
        elif isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
    return {name for name in names if name.partition(".")[0] == "openrange"}


@pytest.mark.parametrize("file", MODULES, ids=[file.stem for file in MODULES])
def test_our_own_plugin_imports_what_any_backend_may(file: Path) -> None:
    assert imported(file) <= {"openrange.llm"}


def test_every_public_name_can_be_had() -> None:
    assert {"run", "hookimpl", "LLMBackendError", "Ask"} <= set(openrange.llm.__all__)
    for name in openrange.llm.__all__:
        assert getattr(openrange.llm, name) is not None


def test_a_function_is_not_displaced_by_the_module_of_its_name() -> None:
    code = (
        "import openrange.llm.run, openrange.llm.recording, openrange.build\n"
        "import openrange\n"
        "print(*map(callable, (openrange.llm.run, openrange.llm.recording, openrange.build)))"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "True True True\n"
