"""Virtual environments of their own, as a user would have them."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
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


def make_environment(directory: Path, *requirements: str, pip: bool = False) -> Environment:
    """Make a virtual environment.

    Args:
        directory: Where to; there is nothing yet.
        *requirements: What to install there.
        pip: Whether it has a pip of its own, which takes some seconds.

    Returns:
        The environment.
    """
    without = [] if pip else ["--without-pip"]
    subprocess.run([sys.executable, "-m", "venv", *without, directory], check=True)
    # What is never imported need not be compiled either.
    install = [sys.executable, "-m", "pip", "--python", directory, "install", "--no-compile"]
    subprocess.run([*install, "--quiet", *requirements], check=True, timeout=600)
    return Environment(directory)


def borrow_packages(environment: Environment) -> None:
    """Let an environment import what is installed in that of the tests, after its own packages."""
    (ours,) = {sysconfig.get_path(kind) for kind in ("purelib", "platlib")}
    theirs = {"base": str(environment.directory), "platbase": str(environment.directory)}
    site = Path(sysconfig.get_path("purelib", scheme="venv", vars=theirs))
    site.joinpath("borrowed.pth").write_text(f"{ours}\n", "utf-8")
