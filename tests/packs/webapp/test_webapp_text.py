from __future__ import annotations

import base64
import codecs
import json
from html import unescape
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webapp_worlds import (
    CLASSES,
    LONGEST,
    LONGEST_IN,
    PACK,
    crawl,
    design_of,
    free_text,
    manifest_of,
    replies,
    running,
    with_doors,
)

from openrange.core.admission import admit
from openrange.llm.text import one_line
from openrange.packs.webapp.telltale import tells
from openrange.worlds.flag import without_decoys

NASTY = {
    "empty": "",
    "blank": " \u3000\u200b\t",
    "markup": "</title><script>alert(1)</script>&amp;\"'",
    "sql": "' OR 1=1; DROP TABLE accounts --",
    "quote": "'",
    "right to left": "\u05e9\u05dc\u05d5\u05dd \u202e\u0645\u0631\u062d\u0628\u0627",
    "controls": "\x00\x1b[31m\r\n\x7fred",
    "surrogates": "\ud83d \udc00 x",
    "emoji": "\U0001f469\u200d\U0001f4bb \U0001f680",
    "format": "{0} %s {story} ${x} \\",
    "decoy": "flag{00000000000000000000000000000000}",
    "wildcards": "%_%",
}


HEAD_AND_BODY = LONGEST_IN["notices"]


def check(design: dict[str, object], *weaknesses: str) -> None:
    """The world is admitted, its pages are what the templates wrote, and no crawl finds a flag."""
    manifest = manifest_of(difficulty=len(weaknesses), weaknesses=list(weaknesses))
    realization = PACK.realize(manifest, design | {"weaknesses": list(weaknesses)})
    assert admit(PACK, realization).failures == ()
    with running(realization.world) as portal:
        anonymous, signed_in = portal.visitor(), portal.signed_in()
        for page in [*crawl(signed_in), *crawl(anonymous)]:
            if "text/html" in page.headers:
                assert Markup(page.body).odd == []
        told = realization.tasks[0].instruction + "".join(page.body for page in signed_in.replies)
        notices: Any = design["notices"]
        shown = [(str(design[slot]), n) for slot, n in LONGEST.items()]
        shown += [(notice[part], n) for notice in notices for part, n in HEAD_AND_BODY.items()]
        for text, longest in shown:
            kept = without_decoys(one_line(text)[:longest].rstrip())
            assert kept in unescape(told) or tells(kept)
        seen = replies(anonymous) + replies(signed_in)
        for form in forms(portal.flag):
            assert form not in seen


class Markup(HTMLParser):
    """The tags and attributes of a page that no template wrote."""

    TAGS = frozenset(
        {
            *("html", "head", "meta", "title", "style", "body", "header", "main", "footer", "nav"),
            *("a", "h1", "h2", "h3", "p", "section", "article", "div", "form", "input", "button"),
            *("label", "select", "option", "table", "tr", "th", "td", "ul", "li", "span", "dl"),
            *("dt", "dd", "code", "bdi"),
        }
    )
    ATTRIBUTES = frozenset(
        {
            *("lang", "charset", "name", "content", "class", "href", "dir", "method", "action"),
            *("value", "aria-label", "type", "required", "autocomplete"),
        }
    )

    def __init__(self, page: str) -> None:
        super().__init__()
        self.odd: list[str] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.odd += [tag] if tag not in self.TAGS else []
        self.odd += [name for name, _ in attrs if name not in self.ATTRIBUTES]

    def handle_comment(self, data: str) -> None:
        self.odd += [data] if "<" in data else []

    def handle_pi(self, data: str) -> None:
        self.odd.append(data)

    def unknown_decl(self, data: str) -> None:
        self.odd.append(data)


def forms(flag: str) -> set[str]:
    digits = flag[5:-1]
    return {
        digits,
        digits[::-1],
        flag.encode().hex(),
        base64.b64encode(flag.encode()).decode(),
        base64.b64encode(digits.encode()).decode(),
        base64.b64encode(bytes.fromhex(digits)).decode(),
        codecs.encode(flag, "rot13"),
    }


@pytest.mark.parametrize("text", NASTY.values(), ids=NASTY)
def test_nasty_text_makes_a_sound_world(text: str) -> None:
    design = design_of(lambda slot, longest: text[:longest])
    half = sorted(NASTY.values()).index(text) % 2 * 3
    check(design, *CLASSES[half : half + 3])


@pytest.mark.parametrize("weaknesses", [CLASSES[n : n + 3] for n in range(0, len(CLASSES), 3)])
def test_text_of_the_greatest_length_makes_a_sound_world(weaknesses: tuple[str, ...]) -> None:
    check(design_of(lambda slot, longest: (f"{slot} \U0001f680'" * 100)[:longest]), *weaknesses)


def test_text_that_is_too_long_is_cut_and_the_world_admitted() -> None:
    design = design_of(lambda slot, longest: (f"{slot} {'x' * 39} " * 1000)[:30_000])
    made = PACK.realize(manifest_of(), design)
    assert len(json.dumps(made.world)) < 40_000
    check(design, "request_forgery")


@pytest.mark.parametrize("kind", ["search", "records"])
def test_every_slot_is_shown_to_who_has_signed_in(kind: str) -> None:
    letters = "abcdefghijklmnopqrstuvwxyz"

    def mark(slot: str, longest: int) -> str:
        return "mark" + "".join(letters[(ord(each) * 7) % 26] for each in slot)

    world = with_doors("path_traversal/plain", kind, text=mark)
    with running(world) as portal:
        client = portal.client()
        pages = crawl(client.visitor)
        if kind == "search":
            pages.append(client.send(client.door("search"), ""))
        shown = "\n".join(page.body for page in pages)
        seen = {text for text, _ in free_text(design_of(mark)) if text in shown}
    part = {"search": "people", "records": "records"}[kind]
    design: Any = design_of(mark)
    wanted = {design["company"], design["tagline"], design["about"]}
    wanted |= {text for notice in design["notices"] for text in notice.values()}
    wanted |= {text for entry in design[part] for text in entry.values()}
    assert wanted <= seen


def designs() -> st.SearchStrategy[dict[str, Any]]:
    """Any conforming design: the schema's own keywords, turned into strategies."""

    def of(node: Any) -> st.SearchStrategy[Any]:
        if node["type"] == "object":
            return st.fixed_dictionaries(
                {name: of(each) for name, each in node["properties"].items()}
            )
        if node["type"] == "array":
            return st.lists(of(node["items"]), min_size=node["minItems"], max_size=node["maxItems"])
        if "enum" in node:
            return st.sampled_from(node["enum"])
        return st.text(st.characters(exclude_categories=()), max_size=500)

    return of(PACK.design_schema(manifest_of()))


@settings(
    max_examples=20, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
@given(design=designs())
def test_any_conforming_design_makes_a_sound_world(design: dict[str, Any]) -> None:
    check(design, *design["weaknesses"])
