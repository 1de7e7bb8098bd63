"""A context that somebody else wrote takes one file, and touches nothing of the pack."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from webapp_worlds import CLASSES, PACK, design_of, manifest_of

from openrange import ManifestError
from openrange.core.admission import admit
from openrange.packs.webapp.chain import twins
from openrange.packs.webapp.realize import realize
from openrange.packs.webapp.weaknesses import context
from openrange.packs.webapp.world import as_world
from openrange.worlds.boot import boot

MORE = Path(__file__).with_name("more")


@pytest.fixture
def _more(monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.syspath_prepend(MORE)
    monkeypatch.setenv("PYTHONPATH", str(MORE))
    yield
    for name in [name for name in sys.modules if name.startswith("openrange_weaknesses")]:
        del sys.modules[name]


@pytest.mark.usefixtures("_more")
@pytest.mark.parametrize("wanted", ["forgotten_switch", "forgotten_switch/debug"])
def test_a_context_of_somebody_else_is_drawn_built_admitted_and_mended(wanted: str) -> None:
    manifest = manifest_of(weaknesses=[wanted, "sql_injection"])
    schema: Any = PACK.design_schema(manifest)
    offered = schema["properties"]["weaknesses"]["items"]["enum"]
    assert offered == ["forgotten_switch", "sql_injection"]
    assert "which somebody forgot" in PACK.briefing(manifest)
    realization = realize(manifest, design_of(weakness="forgotten_switch"))
    report = admit(PACK, realization)
    assert report.admitted, report.failures
    (twin,) = twins(as_world(realization.world))
    with boot(PACK.command(), dict(twin)) as mended:
        assert PACK.solve(mended.visitor(), dict(twin)) is None


@pytest.mark.usefixtures("_more")
def test_a_context_of_somebody_else_is_a_link_of_a_chain_like_any_other() -> None:
    chosen = ["forgotten_switch", "path_traversal", "forgotten_switch"]
    manifest = manifest_of(weaknesses=chosen, difficulty=3)
    assert admit(PACK, realize(manifest, design_of(weaknesses=chosen))).failures == ()


@pytest.mark.usefixtures("_more")
def test_what_else_is_installed_changes_no_world_that_does_not_name_it() -> None:
    schema: Any = PACK.design_schema(manifest_of())
    assert schema["properties"]["weaknesses"]["items"]["enum"] == list(CLASSES)
    with pytest.raises(ManifestError, match=r"'nosuch/x'; it takes .*, forgotten_switch/debug"):
        PACK.design_schema(manifest_of(weaknesses=["nosuch/x"]))


def test_a_context_that_is_not_installed_is_named() -> None:
    with pytest.raises(LookupError, match="no context 'debug' of the weakness 'forgotten_switch'"):
        context("forgotten_switch", "debug")
    with pytest.raises(LookupError, match="no context"):
        context("..", "os")
