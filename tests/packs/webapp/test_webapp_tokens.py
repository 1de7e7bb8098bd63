"""Sessions that are signed tokens: in worlds where they are sound, and where one can be forged."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from webapp_worlds import PACK, Running, made, running

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.doors.signed import KEY_FILE, coded, encoded, mac, taken_apart
from openrange.packs.webapp.weaknesses import context
from openrange.packs.webapp.world import World, door_of

ALGORITHMS = {"hmac": "HS256", "key": "RS256"}
NONSENSE = (
    *("", ".", "..", "a.b.c", "e30.e30.", "W10.W10.", "bnVsbA.e30.x", "e30.e30.\xff", "." * 3_000),
    f"{'W1tb' * 400}.e30.",
)


def sound(kind: str) -> World:
    """A world with a console whose sessions are sound, and of that kind."""
    for seed in range(500):
        world = made("path_traversal/plain", seed=seed)
        (service,) = world["services"]
        if service["words"]["sessions"] == kind and door_of(service, "console"):
            return world
    raise AssertionError("no such world")


@pytest.fixture(scope="module", params=ALGORITHMS)
def portal(request: pytest.FixtureRequest) -> Iterator[Running]:
    with running(sound(request.param)) as world:
        yield world


def asked(client: Client, token: str) -> str:
    """Where the console's page is, or that of the login form, with a token as the cookie."""
    visitor, name = client.visitor, client.words["cookie"]
    path = f"/{client.door('console')['path']}"
    page = visitor.get(path, headers={"Cookie": f"{name}={token}"})
    assert page.status in (200, 403)
    return page.url.removeprefix(visitor.base_url).strip("/")


def test_a_sound_token_names_its_holder_and_what_is_changed_in_it_is_nobodys(
    portal: Running,
) -> None:
    client = portal.client()
    token, console = client.cookie(), client.door("console")["path"]
    header, claims, signed, signature = taken_apart(token)
    assert header["alg"] == ALGORITHMS[client.words["sessions"]]
    assert claims["sub"] == client.login
    assert asked(client, token) == console
    way_in = client.door("sign_in")["path"]
    role = {**claims, "role": client.words["roles"]["administrator"]}
    forged = f"{coded(header)}.{coded(role)}"
    for name in ("none", "None", "HS256", "RS256", ""):
        unsigned = f"{coded({**header, 'alg': name})}.{coded(role)}"
        for end in (b"", signature, mac(b"secret", unsigned)):
            assert asked(client, f"{unsigned}.{encoded(end)}") == way_in
    assert asked(client, f"{forged}.{encoded(signature)}") == way_in
    assert asked(client, signed) == way_in


def test_a_token_of_nonsense_is_nobodys(portal: Running) -> None:
    client = portal.client()
    for token in NONSENSE:
        assert asked(client, token) == client.door("sign_in")["path"]


def test_a_token_is_no_longer_taken_once_its_holder_has_signed_out(portal: Running) -> None:
    client = portal.client()
    token = client.cookie()
    client.post(client.door("sign_out")["path"], {})
    assert asked(client, token) == client.door("sign_in")["path"]


def test_a_public_key_is_published_where_a_token_names_it_and_signs_nothing() -> None:
    with running(sound("key")) as portal:
        client = portal.client()
        header, claims, _, _ = taken_apart(client.cookie())
        page = client.get(header["x5u"])
        assert page.body.startswith("-----BEGIN PUBLIC KEY-----\nMIIB")
        assert all(len(line) <= 64 for line in page.body.splitlines())
        signed = f"{coded({**header, 'alg': 'HS256'})}.{coded(claims)}"
        token = f"{signed}.{encoded(mac(page.body.encode(), signed))}"
        assert asked(client, token) == client.door("sign_in")["path"]
    with running(sound("hmac")) as other:
        assert other.client().get(KEY_FILE).status == 404


@pytest.mark.parametrize("name", ["none", "guessable", "confused"])
def test_a_weak_token_looks_like_a_sound_one(name: str) -> None:
    """Its header, the names of its claims and the length of its signature are the same."""
    planted = made(f"forged_tokens/{name}")
    looks = []
    for world in (planted, sound(planted["services"][0]["words"]["sessions"])):
        with running(world) as portal:
            header, claims, _, signature = taken_apart(portal.client().cookie())
            looks.append((header, [*claims], len(claims["jti"]), len(signature)))
    assert looks[0] == looks[1]


@pytest.mark.parametrize("drawn", ["exact", "not exact"])
def test_what_says_that_it_is_not_signed_is_let_through_in_some_spelling(drawn: str) -> None:
    with running(_drawn("none", "filter", drawn)) as portal:
        client = portal.client()
        header, claims, _, _ = taken_apart(client.cookie())
        paths = {
            name: asked(client, f"{coded({**header, 'alg': name})}.{coded(claims)}.")
            for name in ("none", "NONE")
        }
        console, way_in = client.door("console")["path"], client.door("sign_in")["path"]
        assert paths["none"] == (console if drawn == "exact" else way_in)
        assert paths["NONE"] == (way_in if drawn == "exact" else console)


@pytest.mark.parametrize("drawn", ["whole", "stripped"])
def test_the_public_key_is_the_secret_in_either_form(drawn: str) -> None:
    with running(_drawn("confused", "format", drawn)) as portal:
        assert PACK.solve(portal.visitor(), portal.world) == portal.flag


def test_a_secret_is_guessed_offline() -> None:
    """One page to have a token, and one to use it, besides signing in."""
    world = made("forged_tokens/guessable")
    with running(world) as portal:
        client = portal.client()
        before = len(client.visitor.replies)
        found = context("forged_tokens", "guessable").solve(client, world["chain"][0])
        assert found == portal.flag
        assert len(client.visitor.replies) - before == 2


def _drawn(name: str, fact: str, value: str) -> World:
    for seed in range(100):
        world = made(f"forged_tokens/{name}", seed=seed)
        if world["chain"][0]["facts"][fact] == value:
            return world
    raise AssertionError("no such world")
