"""One-time codes: in worlds where they are sound, and where the next one can be told."""

from __future__ import annotations

import re

import pytest
from webapp_worlds import Running, made, running, with_doors

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.doors.codes import MAX_WRONG
from openrange.packs.webapp.weaknesses import context
from openrange.packs.webapp.weaknesses.insecure_randomness._codes import enter, own_code
from openrange.worlds.visitor import WorldReply


def administrator(portal: Running) -> dict[str, str]:
    accounts = portal.world["services"][0]["accounts"]
    return next(each for each in accounts if each["role"] == "administrator")  # type: ignore[no-any-return]


def asked(client: Client, whom: str) -> WorldReply:
    return client.send(client.door("codes"), whom)


def test_a_code_is_shown_to_its_owner_alone_and_signs_in_once() -> None:
    with running(with_doors("path_traversal/plain", "codes", "console")) as portal:
        client = portal.client()
        for whom in (administrator(portal)["login"], administrator(portal)["name"]):
            page = asked(client, whom)
            assert "is on its way" in page.body
            assert not re.search(r"\b\d{10}\b", page.body)
        sent = own_code(client)
        assert sent is not None
        enter(client, sent[1])
        assert client.visitor.replies[-1].status == 200
        assert client.get(client.door("console")["path"]).status == 403
        enter(client, sent[1])
        assert client.visitor.replies[-1].status == 403
        nothing = client.words["phrases"]["nothing"]
        for whom in ("", "nobody", "x" * 9_000, "\u0661", "' OR 1=1"):
            assert nothing in asked(client, whom).body


def test_wrong_codes_are_counted_and_no_more_are_looked_at() -> None:
    with running(with_doors("path_traversal/plain", "codes")) as portal:
        client = portal.client()
        sent = own_code(client)
        assert sent is not None
        for wrong in range(MAX_WRONG):
            enter(client, (sent[1] + 1 + wrong) % 10**10)
            assert client.visitor.replies[-1].status == 403
        enter(client, sent[1])
        assert client.visitor.replies[-1].status == 429


@pytest.mark.parametrize(("name", "requests"), [("counter", 6), ("linear", 7), ("numbered", 5)])
def test_the_next_code_is_told_by_a_few_and_entered_once(name: str, requests: int) -> None:
    world = made(f"insecure_randomness/{name}", seed=2)
    with running(world) as portal:
        client = portal.client()
        before = len(client.visitor.replies)
        found = context("insecure_randomness", name).solve(client, world["chain"][0])
        assert found == portal.flag
        assert len(client.visitor.replies) - before == requests
        assert administrator(portal)["name"] in client.get("").body.partition("Signed in as")[2]


def test_codes_begin_elsewhere_at_each_boot() -> None:
    for name in ("counter", "linear", "numbered"):
        world, codes = made(f"insecure_randomness/{name}"), set()
        for _ in range(2):
            with running(world) as portal:
                codes.add(own_code(portal.client()))
        assert len(codes) == 2
        assert None not in codes
