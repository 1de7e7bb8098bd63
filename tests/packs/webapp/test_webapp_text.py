from __future__ import annotations

import base64
import codecs
import html
import json
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from webapp_worlds import CLASSES, PACK, crawl, design_of, free_text, manifest_of, replies, running

from openrange.core.admission import admit
from openrange.llm.text import one_line
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


def check(design: dict[str, object], weakness: str) -> None:
    """The world is solvable, shows all of its text, and gives no flag to a crawl."""
    design = design | {"weakness": weakness}
    with running(design) as portal:
        assert PACK.solve(portal.visitor(), portal.world) == portal.flag
        anonymous, signed_in = portal.visitor(), portal.signed_in()
        shown = "\n".join(page.body for page in [*crawl(signed_in), *crawl(anonymous)])
        for text, longest in free_text(design):
            assert html.escape(without_decoys(one_line(text)[:longest].rstrip())) in shown
        PACK.visit(signed_in, portal.world)
        seen = replies(anonymous) + replies(signed_in)
        for form in forms(portal.flag):
            assert form not in seen


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
    for weakness in CLASSES:
        check(design_of(lambda slot, longest: text[:longest]), weakness)


@pytest.mark.parametrize("weakness", CLASSES)
def test_text_of_the_greatest_length_makes_a_sound_world(weakness: str) -> None:
    check(design_of(lambda slot, longest: (f"{slot} \U0001f680'" * 100)[:longest]), weakness)


@pytest.mark.parametrize("weakness", CLASSES)
def test_text_that_is_too_long_is_cut_and_the_world_admitted(weakness: str) -> None:
    design = design_of(
        lambda slot, longest: (f"{slot} {'x' * 39} " * 1000)[:30_000], weakness=weakness
    )
    made = PACK.realize(manifest_of(), design)
    assert admit(PACK, made).admitted
    assert len(json.dumps(made.world)) < 7_000
    check(design, weakness)


@pytest.mark.parametrize("weakness", CLASSES)
def test_every_slot_is_shown_to_who_has_signed_in(weakness: str) -> None:
    design = design_of(lambda slot, longest: f"mark-{slot.replace(' ', '-')}", weakness=weakness)
    with running(design) as portal:
        shown = "\n".join(page.body for page in crawl(portal.signed_in()))
        for text, _ in free_text(design):
            assert text in shown


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
    check(design, design["weakness"])
