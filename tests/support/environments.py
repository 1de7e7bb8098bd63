"""Virtual environments of their own, as a user would have them."""

from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Environment:
    """A virtual environment, with what is installed there and nothing else."""

    directory: Path

    def run(
        self, *command: str, cwd: Path | None = None, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        """Run a program of this environment, with no variables but the given ones."""
        program = self.directory / "bin" / command[0]
        env = {"PATH": os.defpath, "HOME": str(self.directory), **variables}
        return subprocess.run(
            [program, *command[1:]],
            capture_output=True,
            text=True,
            env=env,
            cwd=cwd,
            check=False,
            timeout=300,
        )

    def python(self, code: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.run("python", "-c", code, **variables)


def make_environment(directory: Path, *requirements: str) -> Environment:
    subprocess.run([sys.executable, "-m", "venv", directory], check=True)
    pip = [directory / "bin" / "python", "-m", "pip", "install", "--quiet", *requirements]
    subprocess.run(pip, check=True, timeout=600)
    return Environment(directory)
