from __future__ import annotations

import json
import os
import tarfile
import zipfile
from pathlib import Path

import pytest
from environments import Environment, make_environment


@pytest.fixture(scope="module")
def author(core_wheel: str, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """What the author of a plugin has: the core's wheel, and the tools to test and to publish."""
    tools = ["pytest>=8", "build>=1.2", "twine>=6", "hatchling>=1.27", "editables"]
    return make_environment(tmp_path_factory.mktemp("author") / "env", core_wheel, *tools, pip=True)


def test_a_new_project_is_installed_tested_used_and_built(author: Environment) -> None:
    written = author.run("openrange", "new-backend", "acme", "--json")
    assert written.returncode == 0, written.stderr
    project = Path("openrange-acme").absolute()

    # The commands as they are printed, but without the network.
    commands = "\n".join(json.loads(written.stdout)["next"])
    offline = commands.replace("pip install", "pip install --no-index --no-build-isolation")
    path = os.pathsep.join([str(author.directory / "bin"), os.defpath])
    pasted = author.run("/bin/bash", "-ec", offline, PATH=path)
    assert pasted.returncode == 0, (pasted.stdout, pasted.stderr)
    assert " passed" in pasted.stdout
    assert "acme               openrange-acme 0.1.0" in pasted.stdout
    assert "The world is admitted" in pasted.stdout
    assert "designed   by acme (test-model)" in pasted.stdout
    (snapshot,) = (project / "snapshots").glob("*.json")
    assert not (project / "server.url").exists()

    built = author.run("python", "-m", "build", "--no-isolation", cwd=project)
    assert built.returncode == 0, (built.stdout, built.stderr)
    (wheel,), (sdist,) = project.glob("dist/*.whl"), project.glob("dist/*.tar.gz")
    checked = author.run("twine", "check", "--strict", str(wheel), str(sdist), cwd=project)
    assert checked.returncode == 0, (checked.stdout, checked.stderr)
    names = zipfile.ZipFile(wheel).namelist()
    assert [name for name in names if ".dist-info/" not in name] == [
        "openrange_acme/__init__.py",
        "openrange_acme/py.typed",
    ]
    with tarfile.open(sdist) as archive:
        assert "openrange_acme-0.1.0/tests/test_acme.py" in archive.getnames()
        assert not [name for name in archive.getnames() if snapshot.name in name]

    key = "not-a-real-key"
    chosen = author.run("openrange", "backends", "--json", ACME_API_KEY=key)
    build = json.loads(chosen.stdout)["build"]
    assert (build["backend"], build["because"]) == ("acme", "ACME_API_KEY is set")
    assert json.loads(chosen.stdout)["problem"] is None
    keyless = author.run("openrange", "build", "--backend", "acme")
    assert keyless.returncode == 2
    assert keyless.stderr.endswith("acme: no key: set ACME_API_KEY\n")

    again = author.run("openrange", "new-backend", "acme", "second")
    assert again.returncode == 2
    assert "there is a backend 'acme' of openrange-acme 0.1.0" in again.stderr


def test_a_known_plugin_has_its_name_also_where_it_is_not_installed(author: Environment) -> None:
    refused = author.run("openrange", "new-backend", "litellm")
    assert refused.returncode == 2
    assert "the backend 'litellm' is that of openrange-litellm" in refused.stderr
    assert not list(Path.cwd().iterdir())


def test_a_new_pack_is_installed_tested_built_and_its_world_admitted(author: Environment) -> None:
    written = author.run("openrange", "new-pack", "acme", "--json")
    assert written.returncode == 0, written.stderr
    project = Path("openrange-pack-acme").absolute()
    commands = "\n".join(json.loads(written.stdout)["next"])
    offline = commands.replace("pip install", "pip install --no-index --no-build-isolation")
    path = os.pathsep.join([str(author.directory / "bin"), os.defpath])
    pasted = author.run("/bin/bash", "-ec", offline, PATH=path)
    assert pasted.returncode == 0, (pasted.stdout, pasted.stderr)
    assert "11 passed" in pasted.stdout
    assert "acme (openrange-pack-acme 0.1.0)" in pasted.stdout
    assert "The world is admitted" in pasted.stdout
    (snapshot,) = (project / "snapshots").glob("*.json")

    built = author.run("python", "-m", "build", "--no-isolation", cwd=project)
    assert built.returncode == 0, (built.stdout, built.stderr)
    (wheel,), (sdist,) = project.glob("dist/*.whl"), project.glob("dist/*.tar.gz")
    checked = author.run("twine", "check", "--strict", str(wheel), str(sdist), cwd=project)
    assert checked.returncode == 0, (checked.stdout, checked.stderr)
    names = zipfile.ZipFile(wheel).namelist()
    assert "openrange_pack_acme/files/README.md" in names
    assert not [name for name in names if snapshot.name in name or "tests" in name]

    play = (
        "import json, pathlib\n"
        "from openrange import Episode, SnapshotStore, Visitor\n"
        "from openrange_pack_acme.pack import AcmePack\n"
        f"snapshot = SnapshotStore().load({str(snapshot)!r})\n"
        "with Episode(snapshot, 'agent') as episode:\n"
        "    found = AcmePack().solve(Visitor(episode.base_url), snapshot.world)\n"
        "    pathlib.Path('agent/result.json').write_text(json.dumps({'flag': found}))\n"
        "    print(episode.report().passed)\n"
    )
    played = author.python(play)
    assert played.stdout == "True\n", played.stderr
