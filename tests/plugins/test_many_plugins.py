from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

from broken_plugins import SOURCES, install_broken, install_torn, marks
from command_line import environment, openrange
from fake_plugins import FakePlugins

MANY = 300
OF_THE_CORE = {"claude", "codex", "offline", "openai-compatible"}


def imported_by_a_build(backend: str, path: str) -> tuple[int, set[str]]:
    """The status of a build, and the modules that Python says it imported.

    By `-v`, because `-X importtime` does not see what `importlib.import_module` imports.
    """
    done = subprocess.run(
        [sys.executable, "-v", "-m", "openrange", "build", "--backend", backend],
        env=environment(PYTHONPATH=path),
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    return done.returncode, set(re.findall(r"^import '([^']+)'", done.stderr, re.M))


def of_plugins(modules: set[str]) -> set[str]:
    return {name for name in modules if name.startswith(("acme_", "torn_"))}


def test_hundreds_of_plugins_some_of_them_broken_cost_a_build_no_import(
    fake_plugins: FakePlugins, tmp_path: Path
) -> None:
    install_broken(fake_plugins)
    torn = install_torn(fake_plugins)
    fine = {f"acme-{number}" for number in range(MANY - len(SOURCES) - len(torn))}
    for name in fine:
        module = name.replace("-", "_")
        fake_plugins.install(name, backends={name: f"{module}:Acme"}, detect={"ACME": "x:Y"})
    path = os.pathsep.join(filter(None, sys.path))
    assert len(SOURCES) + len(torn) >= 10

    listing = openrange("backends", "--json", PYTHONPATH=path)
    assert listing.status == 0
    names = {row["name"] for row in listing.document["backends"]}
    assert names - {"litellm"} == {*fine, *SOURCES, *OF_THE_CORE}
    assert {item["source"] for item in listing.document["problems"]} == set(torn)

    status, imported = imported_by_a_build("offline", path)
    assert status == 0
    assert "openrange.backends.offline" in imported
    assert of_plugins(imported) == set()
    assert marks(tmp_path) == []

    _, imported = imported_by_a_build("acme-7", path)
    assert of_plugins(imported) == {"acme_7"}


def test_a_check_of_one_imports_only_that_one(fake_plugins: FakePlugins, tmp_path: Path) -> None:
    install_broken(fake_plugins)
    path = os.pathsep.join(filter(None, sys.path))

    done = openrange("backends", "check", "printing", "--json", PYTHONPATH=path)

    assert done.status == 0
    assert [row["name"] for row in json.loads(done.out)["backends"]] == ["printing"]
    assert [mark.split(".")[0] for mark in marks(tmp_path)] == ["acme_printing"]
