"""The query language, sound and weak, over HTTP."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from webapp_worlds import Running, made, running, with_doors

from openrange.packs.webapp.weaknesses.graph_query import _queries

EVERYTHING = "{ me { login } records { title text } people { login records { text } } }"


@pytest.fixture(scope="module")
def sound() -> Iterator[Running]:
    with running(with_doors("path_traversal/plain", "graph")) as portal:
        yield portal


def answered(portal: Running, query: str) -> dict[str, Any]:
    page = _queries.ask(portal.client(), query)
    assert page.status == 200
    document: dict[str, Any] = json.loads(page.body)
    return document


def test_a_query_gets_the_fields_that_it_names_and_the_readers_own_records(sound: Running) -> None:
    data = answered(sound, EVERYTHING)["data"]
    (own,) = [each for each in data["people"] if each["login"] == data["me"]["login"]]
    assert [each["text"] for each in own["records"]] == [e["text"] for e in data["records"]] != []
    assert all(not each["records"] for each in data["people"] if each is not own)
    assert "For the owner's eyes only" not in json.dumps(data)
    short = answered(sound, "query { people, { name } }")["data"]
    assert {*short["people"][0]} == {"name"}
    owner = answered(sound, "{ records { owner { login } } }")["data"]["records"][0]["owner"]
    assert owner == data["me"]


def test_a_sound_schema_and_its_errors_say_nothing_of_the_vault(sound: Running) -> None:
    client = sound.client()
    assert {*_queries.types(client)} == {"Query", "Person", "Item", "Record"}
    name = client.words["tables"]["vault"]
    for place, way in _queries.WAYS.items():
        assert name not in _queries.suggestions(client, place, name)
        assert "There is no field" in _queries.ask(client, way.format(f"{name} {{ value }}")).body
    assert _queries.suggestions(client, "Query", "peopel") == ["people"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("", "end"),
        ("{", "end"),
        ("{}", "'}'"),
        ("}", "'}'"),
        ("people", "'people'"),
        ("{ people", "end"),
        ("{ people }", "takes a selection"),
        ("{ me { name { first } } }", "takes no selection"),
        ("{ me { name } } { me { name } }", "'{'"),
        ("{ people(id: 1) { name } }", "'('"),
        ("{ \u00e9 }", "\u00e9"),
        ("{ p }", "There is no field 'p' in Query."),
        ("{ me " * 400, "levels"),
        ("{ __schema", "end"),
        ("{ " + "x" * 5_000, "end"),
        ("{ people { records { owner { records { owner { name } } } } } }", "levels"),
    ],
)
def test_a_query_that_is_none_is_told_so(sound: Running, query: str, said: str) -> None:
    assert said in answered(sound, query)["errors"][0]["message"]


def test_an_answer_that_would_be_too_large_is_not_given() -> None:
    worlds = (made("graph_query/nested", seed=seed) for seed in range(500))
    world = next(each for each in worlds if len(each["services"][0]["accounts"]) >= 38)
    person = "login name title unit room"
    inner = f"records {{ id title text owner {{ {person} }} }}"
    with running(world) as portal:
        people = answered(portal, f"{{ people {{ {person} }} }}")["data"]["people"]
        assert len(people) == len(world["services"][0]["accounts"])
        said = answered(portal, f"{{ people {{ {person} {inner} }} }}")
        assert said == {"errors": [{"message": "The answer would be too large."}]}


@pytest.mark.parametrize("place", sorted(_queries.WAYS))
@pytest.mark.parametrize("context", ["introspection", "suggested"])
def test_the_vault_is_told_of_in_one_way_alone(context: str, place: str) -> None:
    world = made(f"graph_query/{context}")
    world["chain"][0]["facts"] = {"format": place}
    with running(world) as portal:
        client = portal.client()
        name = client.words["tables"]["vault"]
        assert (name in _queries.types(client)[place]) == (context == "introspection")
        suggested = _queries.suggestions(client, place, name[:2])
        assert (name in suggested) == (context == "suggested")
        assert _queries.vault(client, place, name) == portal.flag


def test_records_are_reached_below_people_and_not_from_the_top() -> None:
    with running(made("graph_query/nested")) as portal:
        assert portal.flag not in json.dumps(answered(portal, "{ records { text } }"))
        assert portal.flag in json.dumps(answered(portal, "{ people { records { text } } }"))
