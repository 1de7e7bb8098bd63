from __future__ import annotations

import pytest
from webapp_worlds import CLASSES, PACK, design_of, link_of, manifest_of, replies, running

from openrange.packs.webapp.client import sign_in
from openrange.packs.webapp.weaknesses import context_of, contexts_of
from openrange.packs.webapp.world import as_world
from openrange.worlds.boot import boot


def test_the_classes_are_those_that_the_documentation_names() -> None:
    assert tuple(contexts_of()) == CLASSES


@pytest.mark.parametrize("planted", CLASSES)
def test_a_world_falls_to_the_solver_of_its_weakness_and_to_no_other(planted: str) -> None:
    with running(design_of(weakness=planted)) as portal:
        world = as_world(portal.world)
        found: dict[str, str | None] = {}
        for name in CLASSES:
            visitor, link = portal.visitor(), link_of(name)
            sign_in(visitor, world)
            found[name] = context_of(link).solve(visitor, world, link, ())
        assert found == {name: portal.flag if name == planted else None for name in CLASSES}
        assert PACK.solve(portal.visitor(), portal.world) == portal.flag


@pytest.mark.parametrize("planted", CLASSES)
def test_an_honest_user_goes_through_the_weak_door_and_sees_no_flag(planted: str) -> None:
    with running(design_of(weakness=planted)) as portal:
        visitor = portal.visitor()
        PACK.visit(visitor, portal.world)
        doors = portal.world["doors"]
        door = {
            "sql_injection": f"/{doors['directory']}?{doors['parameter']}=",
            "insecure_direct_object_reference": f"/{doors['records']}/",
            "forged_session": f"/{doors['console']}",
        }[planted]
        assert any(door in page.url for page in visitor.replies)
        assert portal.flag not in replies(visitor)
        assert portal.flag[5:-1] not in replies(visitor)


@pytest.mark.parametrize("planted", CLASSES)
def test_each_boot_has_the_flag_that_it_was_given(planted: str) -> None:
    design = design_of(weakness=planted)
    with running(design) as first, running(design) as second:
        assert first.world == second.world
        assert PACK.solve(first.visitor(), first.world) == first.flag
        assert PACK.solve(second.visitor(), second.world) == second.flag
        assert first.flag != second.flag


@pytest.mark.parametrize("seed", range(4))
def test_the_sealed_record_is_within_reach_of_the_own_ones(seed: int) -> None:
    design = design_of(weakness="insecure_direct_object_reference")
    with running(design, manifest_of(seed=seed)) as portal:
        assert PACK.solve(portal.visitor(), portal.world) == portal.flag


@pytest.mark.parametrize("planted", CLASSES)
def test_a_twin_hides_the_same_and_withstands_the_solver(planted: str) -> None:
    realization = PACK.realize(manifest_of(), design_of(weakness=planted))
    (twin,) = PACK.twins(realization.world)
    assert {**twin, "chain": None} == {**realization.world, "chain": None}
    with boot(PACK.command(), twin) as mended:
        assert PACK.solve(mended.visitor(), twin) is None
    with boot(PACK.command(), realization.world) as weak:
        assert PACK.solve(weak.visitor(), twin) == weak.flag


def test_a_weak_search_shows_the_database_error_and_a_sound_one_has_none() -> None:
    with running(design_of(weakness="sql_injection")) as weak:
        for term in ("'", "O'Hara", "';"):
            page = weak.search(term)
            assert page.status == 500
            assert "Database error: " in page.body
    with running(design_of(weakness="forged_session")) as sound:
        page = sound.search("O'Hara")
        assert page.status == 200
        assert "Nobody found." in page.body


def test_a_forged_cookie_full_of_nonsense_is_nobodys() -> None:
    with running(design_of(weakness="forged_session")) as portal:
        for cookie in ("", "!", "bnVsbA", "W10", "eyJhY2NvdW50IjoxfQ", "W1tb" * 200, "\xff"):
            page = portal.visitor().get("/control", headers={"Cookie": f"session={cookie}"})
            assert page.url.endswith("/login")
