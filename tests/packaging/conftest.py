from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest
from environments import Environment, borrow_packages, make_environment

ROOT = Path(__file__).parents[2]


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
    """Both wheels, with the tests' own LiteLLM: to install it once more takes a minute."""
    wheels = ("--no-deps", core_wheel, plugin_wheel)
    environment = make_environment(tmp_path_factory.mktemp("both") / "env", *wheels)
    borrow_packages(environment)
    return environment
