from __future__ import annotations

import json
import unicodedata
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from command_line import openrange
from webapp_worlds import PACK, design_of, manifest_of

from openrange import Snapshot, SnapshotStore, Task

HOSTILE = "\x1b[2J\x1b]0;owned\x07\x9b31m\u202eevil\u2066\r\b\x00\ud800end"


def saved(store: str = "snapshots", **changes: Any) -> tuple[Snapshot, Path]:
    metadata = {
        "backend": "litellm",
        "model": "model-1",
        "created": "2026-01-02T03:04:05+00:00",
        "usage": {"requests": 2, "input_tokens": 1234, "output_tokens": 56, "cost_usd": 0.0123},
        "admission": [{"name": "crawl", "passed": True, "message": "a plain crawl finds no flag"}],
    }
    made = Snapshot.freeze(PACK, PACK.realize(manifest_of(), design_of()), metadata)
    snapshot = replace(made, **changes)
    return snapshot, SnapshotStore(store).save(snapshot)


def test_a_snapshot_is_shown_by_path_and_by_the_beginning_of_its_id() -> None:
    snapshot, path = saved()
    shown = [openrange("inspect", given) for given in (path, snapshot.id, snapshot.id[:8])]
    assert [done.status for done in shown] == [0, 0, 0]
    assert [done.err for done in shown] == ["", "", ""]
    assert shown[0].out == shown[1].out == shown[2].out
    for part in (
        *(snapshot.id, str(path), "webapp 4", "litellm", "model-1", "2026-01-02T03:04:05+00:00"),
        "2 requests, 1,234 tokens in, 56 tokens out, $0.0123",
        *("a plain crawl finds no flag", "recover-flag", "weakness: sql_injection"),
        "The world, with what an agent has to find out:",
    ):
        assert part in shown[0].out


def test_a_snapshot_in_another_store_is_found_there() -> None:
    snapshot, path = saved("far/store")
    assert openrange("inspect", snapshot.id[:10]).status == 1
    for option in ("--store", "--output"):
        done = openrange("inspect", snapshot.id[:10], option, "far/store", "--json")
        assert done.document["path"] == str(path)


def test_json_holds_everything_that_the_file_holds() -> None:
    snapshot, path = saved(artifacts={"notes.txt": "x"})
    done = openrange("inspect", "--json", path)
    assert done.document == {
        "snapshot_id": snapshot.id,
        "path": str(path),
        "pack": {"id": "webapp", "version": "4"},
        "tasks": [{"id": task.id, "instruction": task.instruction} for task in snapshot.tasks],
        "world": snapshot.world,
        "artifacts": {"notes.txt": "x"},
        "admitted_here": False,
        "metadata": snapshot.metadata,
    }


def test_what_is_missing_ambiguous_or_no_snapshot_is_said_so() -> None:
    snapshot, path = saved()
    changed = json.loads(path.read_text()) | {"world": {"weakness": "none"}}
    Path("changed.json").write_text(json.dumps(changed))
    assert "there is no snapshot 'ffff0000'" in openrange("inspect", "ffff0000").complaint
    assert "was changed after it was frozen" in openrange("inspect", "changed.json").complaint
    number = 0
    while len(list(Path("snapshots").glob(f"{snapshot.id[0]}*"))) < 2:
        number += 1
        other = replace(snapshot, world={"n": number})
        if other.id[0] == snapshot.id[0]:
            SnapshotStore().save(other)
    assert "could be any of 2 snapshots" in openrange("inspect", snapshot.id[0]).complaint


def test_nothing_that_a_snapshot_holds_can_command_a_terminal() -> None:
    hostile = {
        "company": HOSTILE,
        HOSTILE: [HOSTILE, {HOSTILE: HOSTILE}],
        "deep": {"er": [[[HOSTILE]]]},
    }
    metadata = {
        "backend": HOSTILE,
        "model": [HOSTILE],
        "created": {HOSTILE: HOSTILE},
        "usage": {"requests": HOSTILE, "input_tokens": HOSTILE, "cost_usd": HOSTILE},
        "admission": [{"message": HOSTILE}, HOSTILE, {}],
    }
    snapshot, path = saved(
        world=hostile,
        tasks=(Task(HOSTILE, HOSTILE),),
        pack_id=HOSTILE,
        pack_version=HOSTILE,
        artifacts={"a.txt": HOSTILE},
        metadata=metadata,
    )
    renamed = path.rename("\x1b[2Jname\u202e.json")
    done = openrange("inspect", renamed)
    assert done.status == 0
    unsafe = {c for c in done.out if unicodedata.category(c) in ("Cc", "Cf", "Cs")} - {"\n"}
    assert unsafe == set()
    assert done.out.count("evil") > 10
    as_json = openrange("inspect", "--json", renamed)
    assert as_json.out.isascii()
    assert "\x1b" not in as_json.out
    assert as_json.document["world"] == snapshot.world
    Path("\x1b[2J.json").write_text("{}")
    assert "\x1b" not in openrange("inspect", "\x1b[2J.json").err


@pytest.mark.parametrize(
    "metadata",
    [{}, {"usage": 5, "admission": "x"}, {"usage": {}, "admission": [5]}, {"created": 0}],
)
def test_metadata_may_be_anything(metadata: dict[str, Any]) -> None:
    _, path = saved(metadata=metadata)
    done = openrange("inspect", path)
    assert (done.status, done.err) == (0, "")


def test_a_world_as_deep_as_a_file_may_be_is_shown() -> None:
    deep: object = "bottom"
    for _ in range(60):
        deep = [deep]
    _, path = saved(world={"deep": deep})
    assert "bottom" in openrange("inspect", path).out


class Tags(HTMLParser):
    """What tags and attributes a page has, and which of its text is folded away."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.shown, self.folded, self.depth = "", "", 0
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.depth += tag == "details"

    def handle_endtag(self, tag: str) -> None:
        self.depth -= tag == "details"

    def handle_data(self, data: str) -> None:
        if self.depth:
            self.folded += data
        else:
            self.shown += data


OURS = {
    *("html", "head", "meta", "title", "style", "body", "h1", "h2", "pre", "p", "ul", "ol", "li"),
    *("strong", "code", "table", "tr", "th", "td", "details", "summary"),
}


def test_the_page_shows_parts_and_folds_the_answer_away(tmp_path: Path) -> None:
    snapshot, path = saved()
    file = tmp_path / "world.html"
    done = openrange("inspect", path, "--html", file)
    assert (done.status, done.err) == (0, "")
    assert str(file) in done.out
    page = Tags(file.read_text("utf-8"))
    world: Any = snapshot.world
    for door in world["services"][0]["doors"]:
        assert f"/{door['path']} (" in page.shown
    for part in (snapshot.id, "a plain crawl finds no flag", "model-1", snapshot.tasks[0].id):
        assert part in page.shown
    link = world["chain"][0]
    assert f"{link['weakness']}/{link['context']}" in page.folded
    assert link["weakness"] not in page.shown.replace("_", " ")
    assert not [*tmp_path.glob(".*")]


def test_nothing_that_a_snapshot_holds_is_a_part_of_the_page(tmp_path: Path) -> None:
    tagged = f"{HOSTILE}</pre><script>alert(1)</script><img src=x onerror=y>\"'&lt;"
    _, path = saved(
        world={"company": tagged, tagged: [tagged]},
        tasks=(Task(tagged, tagged),),
        metadata={"model": tagged, "admission": [{"name": tagged, "message": tagged}]},
    )
    done = openrange("inspect", path, "--html", tmp_path / "w.html")
    assert done.status == 0
    text = (tmp_path / "w.html").read_text("utf-8")
    page = Tags(text)
    assert page.tags <= OURS
    assert page.attributes <= {"lang", "charset", "http-equiv", "content", "name", "class"}
    assert "<script>alert(1)</script>" in page.shown
    assert "does not know this world" in page.shown
    assert {c for c in text if unicodedata.category(c) in ("Cc", "Cf", "Cs")} == {"\n"}


def test_a_page_that_cannot_be_written_is_said_so(tmp_path: Path) -> None:
    _, path = saved()
    done = openrange("inspect", path, "--html", tmp_path / "nosuch" / "w.html")
    assert done.status == 1
    assert "No such file or directory" in done.complaint
    _, other = saved("far", pack_id="gone")
    assert openrange("inspect", other, "--html", tmp_path / "w.html").status == 0
    assert "'gone'" in Tags((tmp_path / "w.html").read_text("utf-8")).shown
