from __future__ import annotations

import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Environment:
    """A virtual environment of its own, as a user would have it."""

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
            cwd=cwd or self.directory,
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


@pytest.fixture(scope="session")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Wheels and sdists of both distributions, built from the sources."""
    folder = tmp_path_factory.mktemp("dist")
    for project in (ROOT, ROOT / "src" / "openrange-litellm"):
        command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", folder, project]
        subprocess.run(command, check=True, capture_output=True, timeout=300)
    return folder


@pytest.fixture(scope="session")
def core_wheel(dist: Path) -> str:
    return str(next(dist.glob("openrange-2*.whl")))


@pytest.fixture(scope="session")
def plugin_wheel(dist: Path) -> str:
    return str(next(dist.glob("openrange_litellm-2*.whl")))


@pytest.fixture(scope="session")
def core_alone(core_wheel: str, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The core's wheel and its dependencies, and nothing else."""
    return make_environment(tmp_path_factory.mktemp("core") / "env", core_wheel)


@pytest.fixture(scope="session")
def both(
    core_wheel: str, plugin_wheel: str, tmp_path_factory: pytest.TempPathFactory
) -> Environment:
    """Both wheels and their dependencies."""
    return make_environment(tmp_path_factory.mktemp("both") / "env", core_wheel, plugin_wheel)
