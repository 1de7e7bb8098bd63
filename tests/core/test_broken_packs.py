from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import pytest
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins
from webapp_worlds import design_of, manifest_of

from openrange import Manifest, ManifestError, OfflineBackend, Pack, PackError
from openrange.core.builder import build_world
from openrange.core.installed_packs import PACK
from openrange.core.job import Job
from openrange.core.pack import Realization
from openrange.packs.webapp import WebappPack
from openrange.plugins.registry import Plugins
from openrange.testing.scripted import ScriptedBackend


class Changed(WebappPack):
    """The webapp pack, whose realizations are changed on their way out."""

    def __init__(self, **changes: object) -> None:
        self._changes = changes

    def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
        return replace(super().realize(manifest, design), **self._changes)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    "changes",
    [
        {"artifacts": {"../escaped.txt": "x"}},
        {"artifacts": {"notes/readme.txt": "x"}},
        {"world": {"a": {1, 2}}},
        {"world": {"a": float("nan")}},
        {"tasks": ()},
    ],
    ids=["a path out", "a path", "a set", "nan", "no task"],
)
def test_a_realization_that_cannot_be_frozen_is_the_packs_fault(changes: dict[str, object]) -> None:
    with pytest.raises(PackError, match="the pack 'webapp' cannot realize a design"):
        build_world(Job(manifest_of(), OfflineBackend(), "offline"), Changed(**changes))


SOURCE = """
from pathlib import Path
from openrange.packs.webapp import WebappPack
from openrange import Pack

class Abstract(Pack):
    id, version, summary, directory = "odd", "1", "odd", Path(__file__).parent

class Odd(WebappPack):
    {line}
"""


@pytest.mark.parametrize(
    ("name", "line", "says"),
    [
        ("Abstract", "pass", "it lacks briefing, command"),
        ("Odd", "version = None", "its version is no str"),
        ("Odd", "directory = 'here'", "its directory is no Path"),
        ("Odd", "directory = Path('/nowhere')", "its directory does not exist"),
    ],
)
def test_a_pack_that_is_not_complete_is_refused_with_the_reason(
    fake_plugins: FakePlugins, name: str, line: str, says: str
) -> None:
    fake_plugins.install(
        "odd-pack", packs={"odd": f"odd_pack:{name}"}, source=SOURCE.format(line=line)
    )
    with pytest.raises(PackError, match=says):
        Plugins().load(PACK, "odd")


class Patched(WebappPack):
    """Its solver finds nothing, so that no world of it is admitted."""

    def exploit(self, visitor: object, world: object, link: int, key: str | None) -> None:
        return None


def test_a_model_is_told_which_design_was_not_admitted_and_why() -> None:
    first, second = design_of(company="Firstling Ltd"), design_of(company="Second Ltd")
    llm = ScriptedBackend([first, second])
    with pytest.raises(Exception, match="no world was admitted in 2 attempts"):
        build_world(Job(manifest_of(), llm, "queued", max_repairs=1), Patched())
    prompts = [request.prompt for request in llm.requests]
    assert "Firstling Ltd" not in prompts[0]
    assert "design number 1 was not admitted" in prompts[1]
    assert "Firstling Ltd" in prompts[1]
    assert "finds no flag" in prompts[1]


def test_a_manifest_takes_a_reference_and_no_name_of_a_pack() -> None:
    with pytest.raises(ManifestError, match="pack must be a PackRef, not str"):
        Manifest(world={"goal": "x"}, pack="webapp")  # type: ignore[arg-type]
    with pytest.raises(ManifestError, match="world must be a mapping, not NoneType"):
        Manifest(world=None, pack=manifest_of().pack)  # type: ignore[arg-type]


def test_a_pack_and_what_its_author_needs_are_public() -> None:
    import openrange

    assert issubclass(WebappPack, Pack)
    assert Path(WebappPack.directory).is_dir()
    for name in ("PackRef", "Realization", "Task", "Visitor", "WorldReply"):
        assert name in openrange.__all__
