"""XML entities: a reader of our own, the door before it, and what each context loads."""

from __future__ import annotations

import pytest
from webapp_worlds import made, running, with_doors

from openrange.packs.webapp.xml import LONGEST_TEXT, MalformedError, elements


def test_the_reader_knows_elements_attributes_and_references() -> None:
    text = "<?xml version='1.0'?><!-- <no> --><a b=\"1\" c='2'>x&amp;&#65;<d/>&#x42;</a>"
    first, second = elements(text)
    assert (first.name, first.text, first.attributes) == ("a", "x&AB", {"b": "1", "c": "2"})
    assert (second.name, second.text) == ("d", "")


@pytest.mark.parametrize(
    "text",
    [
        *("", "x", "<a>", "</a>", "<a></b>", "<a/><b/>", "<a>&b;</a>", "<a", "<!DOCTYPE a><a/>"),
        *("<a>" * 13 + "</a>" * 13, "<a>" + "<b/>" * 80 + "</a>", "<a>" + "x" * 5_000 + "</a>"),
    ],
)
def test_the_reader_refuses_what_is_malformed_or_too_large(text: str) -> None:
    with pytest.raises(MalformedError):
        elements(text)


def test_entities_that_multiply_are_refused() -> None:
    with pytest.raises(MalformedError, match="too large"):
        elements("<a>" + "&b;" * 10 + "</a>", {"b": "x" * (LONGEST_TEXT // 9)})


def typed(world: object, *texts: str) -> list[str]:
    """What the import answers."""
    with running(world) as portal:  # type: ignore[arg-type]
        pages = [portal.send("import", text) for text in texts]
    assert {page.status for page in pages} == {200}
    return [page.body for page in pages]


ENTITY = '<!DOCTYPE a [<!ENTITY b SYSTEM "file:///">]><a>zz&b;</a>'
INCLUDED = (
    '<a xmlns:x="http://www.w3.org/2001/XInclude">zz<x:include parse="text" href="file:/"/></a>'
)
PARAMETER = '<!DOCTYPE a [<!ENTITY % b SYSTEM "file:///"> %b;]><a>zz</a>'


def test_a_sound_import_loads_nothing_and_says_what_is_wrong() -> None:
    world = with_doors("path_traversal/plain", "import")
    root = f">{world['services'][0]['words']['root'].split('/')[1]}<"
    pages = typed(world, ENTITY, INCLUDED, PARAMETER, "<a>&lt;</a>", "", "\0", "<" * 5_000)
    assert not [page for page in pages if root in page]
    read = ["cannot be read" in page for page in pages]
    assert read == [True, False, True, False, True, True, True]


@pytest.mark.parametrize(
    ("context", "answers"),
    [
        ("plain", [True, False, False]),
        ("included", [False, True, False]),
        ("parameter", [False, False, True]),
    ],
)
def test_each_import_loads_in_its_own_way_alone(context: str, answers: list[bool]) -> None:
    world = made(f"xml_entities/{context}")
    root = world["services"][0]["words"]["root"].split("/")[1]
    pages = typed(world, ENTITY, INCLUDED, PARAMETER)
    assert [any(m + root in page for m in ("zz", ">", "): ")) for page in pages] == answers
