"""A distribution of one entry point, for a program that is run with another PYTHONPATH."""

from __future__ import annotations

import os
from pathlib import Path

SUPPORT = Path(__file__).parent


def provide(module: str, group: str, name: str, code: str) -> str:
    """Install a distribution of one entry point; returns what PYTHONPATH has to be."""
    site = Path("site")
    info = site / f"{module}-1.0.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(f"Metadata-Version: 2.1\nName: {module}\nVersion: 1.0\n")
    info.joinpath("entry_points.txt").write_text(f"[{group}]\n{name} = {module}:Made\n")
    site.joinpath(f"{module}.py").write_text(code)
    found = [str(site.absolute()), str(SUPPORT), os.environ.get("PYTHONPATH", "")]
    return os.pathsep.join(filter(None, found))
