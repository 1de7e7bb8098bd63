"""Letting a backend that drives a local program work on a pack's files."""

from __future__ import annotations

import shutil
import tempfile
from pathlib import Path
from typing import Protocol

from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult, SupportsWorkspace


class HasDirectory(Protocol):
    """Anything with files of its own, such as a pack."""

    @property
    def directory(self) -> Path:
        """Where the files are."""
        ...


def complete_with_pack_dir(llm: LLMBackend, pack: HasDirectory, request: LLMRequest) -> LLMResult:
    """Answer a request, with the pack's files at hand where the backend can use them.

    A backend that offers `in_workspace` and has no working directory of its own gets a private,
    writable copy of `pack.directory` for the length of the call. Every other backend just
    completes, since the prompt already holds what it needs.

    Args:
        llm: The backend.
        pack: Whose files to offer.
        request: What to ask.

    Returns:
        The backend's result.

    Raises:
        LLMBackendError: For every failure of the backend.
    """
    if not isinstance(llm, SupportsWorkspace) or getattr(llm, "cwd", None) is not None:
        return llm.complete(request)
    with tempfile.TemporaryDirectory(prefix="openrange-pack-") as private:
        workspace = Path(private, "pack")
        # Contents alone: a read-only installation must not make a read-only copy.
        ignored = shutil.ignore_patterns("__pycache__")
        shutil.copytree(pack.directory, workspace, copy_function=shutil.copyfile, ignore=ignored)
        for folder in (workspace, *(path for path in workspace.rglob("*") if path.is_dir())):
            folder.chmod(0o700)
        return llm.in_workspace(workspace).complete(request)
