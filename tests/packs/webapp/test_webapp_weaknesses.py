from __future__ import annotations

import json

import pytest
from webapp_worlds import (
    CLASSES,
    CONTEXTS,
    PACK,
    design_of,
    made,
    manifest_of,
    replies,
    running,
    with_doors,
)

from openrange.core.admission import admit
from openrange.packs.webapp import chain, keys
from openrange.packs.webapp.client import Client
from openrange.packs.webapp.weaknesses import context, contexts_of, drawn
from openrange.packs.webapp.world import door_of
from openrange.worlds.boot import boot
from openrange.worlds.draw import Draw


def test_each_class_has_three_contexts_at_least() -> None:
    assert tuple(contexts_of()) == CLASSES
    assert all(len(names) >= 3 for names in contexts_of().values())


@pytest.mark.parametrize("planted", CONTEXTS)
def test_a_world_of_each_context_is_admitted_and_solved_in_another_process(planted: str) -> None:
    manifest = manifest_of(seed=1, weaknesses=[planted])
    realization = PACK.realize(manifest, design_of(weakness=planted.partition("/")[0]))
    assert admit(PACK, realization).failures == ()
    with boot(PACK.command(), realization.world) as running_world:
        assert PACK.solve(running_world.visitor(), realization.world) == running_world.flag


@pytest.mark.parametrize("planted", CONTEXTS)
def test_the_solver_of_another_context_of_its_class_does_not_do(planted: str) -> None:
    """Each needs another payload, and not another spelling."""
    weakness, _, name = planted.partition("/")
    with running(made(planted, seed=3)) as portal:
        world = portal.world
        for other in contexts_of()[weakness]:
            tried = context(weakness, other)
            client = portal.client()
            if other != name and all(door_of(client.service, kind) for kind in tried.DOORS):
                facts = drawn(tried, Draw("another world"))
                link = {**world["chain"][0], "context": other, "facts": facts}
                assert tried.solve(client, link) is None, other  # type: ignore[arg-type]


@pytest.mark.parametrize("planted", CONTEXTS)
def test_an_honest_user_goes_through_the_weak_door_and_sees_no_flag(planted: str) -> None:
    with running(made(planted)) as portal:
        visitor = portal.visitor()
        PACK.visit(visitor, portal.world)
        weakness, _, name = planted.partition("/")
        kind = context(weakness, name).DOORS[0]
        door = next(d for d in portal.world["services"][0]["doors"] if d["kind"] == kind)
        assert any(f"/{door['path']}" in page.url for page in visitor.replies)
        assert portal.flag[5:-1] not in replies(visitor)


@pytest.mark.parametrize("seed", range(4))
def test_the_sealed_record_is_within_reach_of_the_own_ones(seed: int) -> None:
    with running(made("broken_object_authorization/counted", seed=seed)) as portal:
        assert PACK.solve(portal.visitor(), portal.world) == portal.flag


def test_a_weak_search_shows_the_database_error_and_a_sound_one_has_none() -> None:
    with running(with_doors("sql_injection/string", "search")) as weak:
        phrase = weak.world["services"][0]["words"]["phrases"]["error"]
        for term in ("'", "O'Hara", "';"):
            page = weak.send("search", term)
            assert page.status == 500
            assert phrase.partition("{")[0] in page.body
    with running(with_doors("path_traversal/plain", "search")) as sound:
        page = sound.send("search", "O'Hara")
        assert page.status == 200
        assert sound.world["services"][0]["words"]["phrases"]["nothing"] in page.body


def test_each_boot_has_the_flag_that_it_was_given() -> None:
    world = made("path_traversal")
    with running(world) as first, running(world) as second:
        assert PACK.solve(first.visitor(), first.world) == first.flag
        assert PACK.solve(second.visitor(), second.world) == second.flag
        assert first.flag != second.flag


@pytest.mark.parametrize("links", [2, 3, 4])
def test_what_a_link_gives_away_is_minted_and_opens_the_next_service_alone(links: int) -> None:
    world = made(*CLASSES[:links], seed=links)
    gained: list[list[str]] = []
    for _ in range(2):
        with running(world) as portal:
            key: str | None = portal.world["agent"]["password"]
            found: list[str] = []
            for number in range(links):
                key = chain.exploit(portal.visitor(), world, number, key)
                assert key is not None
                found.append(key)
            assert found[-1] == portal.flag
            gained.append(found)
    assert not set(gained[0]) & set(gained[1])
    assert json.dumps(world).find(gained[0][0]) < 0


@pytest.mark.parametrize("kind", keys.KINDS)
def test_a_service_is_closed_without_its_key(kind: str) -> None:
    for seed in range(60):
        world = made("path_traversal/plain", "path_traversal/plain", seed=seed)
        if world["services"][1]["gate"]["kind"] == kind:
            break
    with running(world) as portal:
        key = chain.exploit(portal.visitor(), world, 0, world["agent"]["password"])
        for wrong in (None, "", "x", keys.spelled(kind, "wrong", "0" * 24)):
            assert chain.exploit(portal.visitor(), world, 1, wrong) is None
        assert chain.exploit(portal.visitor(), world, 1, key) == portal.flag


def test_no_cookie_header_or_address_names_what_is_planted() -> None:
    for planted in CLASSES:
        with running(made(planted)) as portal:
            visitor = portal.signed_in()
            for path in ("/", "/robots.txt", "/nowhere"):
                visitor.get(path)
            seen = replies(visitor).lower()
            weakness = planted.partition("/")[0]
            assert weakness not in seen
            assert weakness.replace("_", " ") not in seen


def test_services_stand_behind_paths_and_behind_names_of_hosts() -> None:
    seen = set()
    for seed in range(40):
        world = made("path_traversal/plain", "path_traversal/plain", seed=seed)
        service = world["services"][1]
        if service["gate"]["kind"] == "password" and service["by_host"] not in seen:
            seen.add(service["by_host"])
            with running(world) as portal:
                key = chain.exploit(portal.visitor(), world, 0, world["agent"]["password"])
                client = Client(portal.visitor(), world, 1, key)
                assert client.is_in
                assert service["title"] in client.get("").body
    assert seen == {True, False}
