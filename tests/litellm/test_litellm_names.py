from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import openrange_litellm

# What LiteLLM documents, and lists that it exports under names of their own.
ALLOWED = {
    "completion",
    "completion_cost",
    "get_llm_provider",
    "get_supported_openai_params",
    "openai_compatible_providers",
    "suppress_debug_info",
}


def test_the_plugin_uses_only_what_litellm_documents() -> None:
    used = {name for file in sources() for name in names_of_litellm(ast.parse(file.read_text()))}
    assert used == ALLOWED


def test_no_module_below_litellm_is_imported() -> None:
    for file in sources():
        for node in ast.walk(ast.parse(file.read_text())):
            if isinstance(node, ast.Constant) and isinstance(node.value, str):
                assert not node.value.startswith("litellm."), file
            if isinstance(node, ast.ImportFrom):
                assert not (node.module or "").startswith("litellm"), file


def sources() -> Iterator[Path]:
    return Path(openrange_litellm.__file__).parent.glob("*.py")


def names_of_litellm(tree: ast.AST) -> Iterator[str]:
    """What is taken from, or set on, something called `litellm`."""
    for node in ast.walk(tree):
        is_of_a_name = isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name)
        if is_of_a_name and node.value.id == "litellm":  # type: ignore[attr-defined]
            yield node.attr  # type: ignore[attr-defined]
        is_getattr = isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
        if is_getattr and node.func.id in ("getattr", "setattr", "hasattr"):  # type: ignore[attr-defined]
            first = node.args[0]  # type: ignore[attr-defined]
            assert not (isinstance(first, ast.Name) and first.id == "litellm")
