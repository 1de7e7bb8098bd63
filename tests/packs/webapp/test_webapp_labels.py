"""Template injection: the door that prints labels, and what each context evaluates."""

from __future__ import annotations

from typing import Any

from webapp_worlds import made, running, with_doors

from openrange.packs.webapp.doors.label import LONGEST_LABEL

TYPED = (
    *("{{ this.files }}", "{{this}}", '{{this|get("files")}}', "{0}", "${this}", "{{7*7}}"),
    *("{0.__class__}", "{", "}}", "{{" * 200, "", "\0"),
)


def labels(world: Any, *texts: str) -> list[str]:
    """What is printed, without what stands around it."""
    printed = []
    with running(world) as portal:
        for text in texts:
            page = portal.send("label", text)
            assert page.status == 200
            printed.append(page.body.partition("<pre>")[2].partition("</pre>")[0])
    return printed


def planted(context: str, **facts: str) -> Any:
    world = made(f"template_injection/{context}")
    world["chain"][0]["facts"] = facts
    return world


def test_a_sound_label_prints_what_is_typed_and_not_more_than_fits() -> None:
    *printed, longest = labels(
        with_doors("path_traversal/plain", "label"), *TYPED, "x" * (LONGEST_LABEL * 3)
    )
    assert not [each for each in printed if "Map(" in each or "49" in each]
    assert "{{ this.files }}" in printed[0]
    assert longest == "x" * LONGEST_LABEL


def test_an_expression_shows_names_step_by_step_and_no_object() -> None:
    world = planted("expression", format="dollar", root="data")
    texts = (
        "${data}",
        "${ data['files'] }",
        "${data.company.upper}",
        "${data.__class__}",
        "{{data}}",
    )
    first, second, *others = labels(world, *texts)
    assert first.startswith("Map(company, files)")
    root = world["services"][0]["words"]["root"].split("/")[1]
    assert second.startswith(f"Map({root})")
    assert not [each for each in others if "Map(" in each or "class &" in each]


def test_a_filter_takes_the_step_where_dots_and_brackets_are_refused() -> None:
    texts = "{{this.files}}", "{{this['files']}}", '{{this|attr("files")}}', '{{this|get("files")}}'
    printed = labels(planted("filtered", step="get", root="this"), *texts)
    assert [each.startswith("Map(") for each in printed] == [False, False, False, True]


def test_a_format_reaches_data_alone() -> None:
    texts = "{0}", "{0[files]}", "{0.__class__}", "{0[company][0]}", "{1}", "{0!r}", "{"
    printed = labels(planted("format"), *texts)
    assert [each.startswith("Map(") for each in printed] == [True, True, *[False] * 5]
