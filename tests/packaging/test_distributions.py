from __future__ import annotations

import tarfile
import tomllib
import zipfile
from email.parser import Parser
from pathlib import Path

from openrange.plugins.known_plugins import known_plugins

ROOT = Path(__file__).parents[2]


def names_in(archive: Path) -> list[str]:
    if archive.suffix == ".whl":
        return zipfile.ZipFile(archive).namelist()
    with tarfile.open(archive) as sdist:
        return sdist.getnames()


def metadata_of(wheel: Path) -> dict[str, list[str]]:
    with zipfile.ZipFile(wheel) as archive:
        name = next(n for n in archive.namelist() if n.endswith(".dist-info/METADATA"))
        message = Parser().parsestr(archive.read(name).decode())
    return {key: message.get_all(key, []) for key in message}


def test_the_core_holds_nothing_of_the_plugin(dist: Path) -> None:
    for archive in dist.glob("openrange-2*"):
        assert not [name for name in names_in(archive) if "litellm" in name.lower()]


def test_wheels_are_complete(dist: Path) -> None:
    core = names_in(next(dist.glob("openrange-2*.whl")))
    for name in (
        "plugins/known_plugins.json",
        "packs/webapp/serve.py",
        "py.typed",
        "__init__.pyi",
        "llm/__init__.pyi",
        "testing/__init__.pyi",
        "core/starter.yaml",
        "scaffold/templates/backend/pyproject.toml.tmpl",
        "scaffold/templates/backend/src/PACKAGE/py.typed.tmpl",
        "testing/pytest_plugin.py",
    ):
        assert f"openrange/{name}" in core
    assert {name.split("/")[0] for name in core} == {"openrange", "openrange-2.0.0.dist-info"}
    plugin = names_in(next(dist.glob("openrange_litellm-2*.whl")))
    assert "openrange_litellm/py.typed" in plugin
    for wheel in (core, plugin):
        assert any(name.endswith("licenses/LICENSE") for name in wheel)


def test_the_two_require_each_other_by_major_version(dist: Path) -> None:
    core = metadata_of(next(dist.glob("openrange-2*.whl")))
    plugin = metadata_of(next(dist.glob("openrange_litellm-2*.whl")))
    assert any(
        "openrange-litellm<3,>=2" in requirement and "extra == 'litellm'" in requirement
        for requirement in core["Requires-Dist"]
    )
    assert "openrange<3,>=2" in plugin["Requires-Dist"]
    (litellm,) = [r for r in plugin["Requires-Dist"] if r.startswith("litellm")]
    assert "!=1.82.7" in litellm
    assert "!=1.82.8" in litellm


def test_both_have_the_metadata_that_an_index_shows(dist: Path) -> None:
    for wheel in dist.glob("*.whl"):
        metadata = metadata_of(wheel)
        assert metadata["License-Expression"] == ["MIT"]
        assert metadata["Requires-Python"] == [">=3.11"]
        assert metadata["Summary"]
        assert "Typing :: Typed" in metadata["Classifier"]
        assert metadata["Description-Content-Type"] == ["text/markdown"]


def test_the_core_knows_the_variables_under_which_the_plugin_is_detected() -> None:
    text = (ROOT / "src/openrange-litellm/pyproject.toml").read_text()
    points = tomllib.loads(text)["project"]["entry-points"]
    (known,) = [p for p in known_plugins() if p.distribution == "openrange-litellm"]
    assert set(known.variables) == set(points["openrange.detect"])
    assert set(known.backends) == set(points["openrange.backends"])


def test_the_check_runs_the_command_that_the_readme_gives() -> None:
    command = "pip install nox && nox -s tests"
    assert command in (ROOT / "README.md").read_text().splitlines()
    assert command in (ROOT / ".ci/run").read_text().splitlines()
