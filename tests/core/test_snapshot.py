from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from dataclasses import replace
from typing import Any

import pytest
from webapp_worlds import PACK, design_of, manifest_of

from openrange import Snapshot, StoreError, Task
from openrange.core.pack import Realization
from openrange.packs.webapp import WebappPack

WORLD = {"b": [1, 2.5, None, True], "a": {"text": "caf\u00e9 \U0001f600 \ud800", "z": {}, "y": []}}
SNAPSHOT = Snapshot(
    pack_id="webapp",
    pack_version="1",
    world=WORLD,
    tasks=(Task("first", "Do this."), Task("second", "Do that.")),
    artifacts={"notes.txt": "a note"},
    metadata={"model": "m", "attempts": 1},
)


def document(snapshot: Snapshot = SNAPSHOT) -> dict[str, Any]:
    loaded: dict[str, Any] = json.loads(snapshot.to_json())
    return loaded


def refusal(raw: str | bytes | dict[str, Any]) -> str:
    text = json.dumps(raw) if isinstance(raw, dict) else raw
    with pytest.raises(StoreError) as caught:
        Snapshot.from_json(text)
    message = str(caught.value)
    assert "\n" not in message
    assert len(message) < 500
    return message


def refrozen(**changes: Any) -> dict[str, Any]:
    """A document with changes, under the id that its content now has."""
    changed = replace(SNAPSHOT, **changes)
    return document() | {
        "id": changed.id,
        "world": changed.world,
        "artifacts": changed.artifacts,
        "tasks": [{"id": task.id, "instruction": task.instruction} for task in changed.tasks],
    }


def test_a_snapshot_written_and_read_again_is_the_same() -> None:
    again = Snapshot.from_json(SNAPSHOT.to_json())
    assert again == SNAPSHOT
    assert again.metadata == SNAPSHOT.metadata
    assert Snapshot.from_json(SNAPSHOT.to_json().encode()) == SNAPSHOT
    assert SNAPSHOT.to_json().isascii()
    assert document()["format"] == 1


def test_the_id_is_a_sha_256_in_hexadecimal() -> None:
    assert len(SNAPSHOT.id) == 64
    assert int(SNAPSHOT.id, 16) > 0
    assert document()["id"] == SNAPSHOT.id


def test_the_id_does_not_depend_on_the_order_of_keys() -> None:
    turned = {"a": dict(reversed(WORLD["a"].items())), "b": WORLD["b"]}  # type: ignore[attr-defined]
    assert replace(SNAPSHOT, world=turned).id == SNAPSHOT.id


@pytest.mark.parametrize(
    "changes",
    [
        {"world": {**WORLD, "c": 1}},
        {"world": {**WORLD, "b": [2.5, 1, None, True]}},
        {"tasks": (Task("first", "Do this."),)},
        {"tasks": (Task("second", "Do that."), Task("first", "Do this."))},
        {"tasks": (Task("first", "Do this!"), Task("second", "Do that."))},
        {"artifacts": {}},
        {"artifacts": {"notes.txt": "another note"}},
        {"pack_version": "2"},
        {"pack_id": "other"},
    ],
)
def test_another_content_has_another_id(changes: dict[str, Any]) -> None:
    assert replace(SNAPSHOT, **changes).id != SNAPSHOT.id


def test_metadata_is_no_part_of_the_identity() -> None:
    other = replace(SNAPSHOT, metadata={"model": "another", "seconds": 9.5})
    assert other.id == SNAPSHOT.id
    assert other == SNAPSHOT


def test_the_same_design_has_the_same_id_in_every_process() -> None:
    code = (
        "import json, sys\n"
        "from openrange.core.manifest import Manifest\n"
        "from openrange.core.snapshot import Snapshot\n"
        "from openrange.packs.webapp import WebappPack as Pack\n"
        "manifest, design = json.load(sys.stdin)\n"
        "made = Pack().realize(Manifest.from_mapping(manifest), design)\n"
        "print(Snapshot.freeze(Pack(), made, {}).id)"
    )
    manifest, design = manifest_of(seed=5), design_of()
    ids = {Snapshot.freeze(PACK, PACK.realize(manifest, design), {"at": "now"}).id}
    for hash_seed in ("0", "1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            input=json.dumps([manifest.to_mapping(), design]),
            env={**os.environ, "PYTHONHASHSEED": hash_seed},
            capture_output=True,
            text=True,
            check=True,
        )
        ids.add(done.stdout.strip())
    assert len(ids) == 1


def test_a_new_version_of_the_pack_makes_another_snapshot_of_the_same_design() -> None:
    class Newer(WebappPack):
        version = "5"

    made = PACK.realize(manifest_of(), design_of())
    assert Snapshot.freeze(PACK, made, {}).id != Snapshot.freeze(Newer(), made, {}).id


def test_freezing_keeps_no_tie_to_what_was_frozen() -> None:
    world: dict[str, Any] = copy.deepcopy(WORLD)
    realization = Realization(world, (Task("t", "x"),), {"a.txt": "1"})
    frozen = Snapshot.freeze(PACK, realization, {})
    before = frozen.id
    world["a"]["text"] = "other"
    realization.artifacts["a.txt"] = "2"  # type: ignore[index]
    assert frozen.id == before


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("world", {"a": 1}),
        ("tasks", [{"id": "first", "instruction": "Do something else."}]),
        ("artifacts", {"notes.txt": "a changed note"}),
        ("pack", {"id": "webapp", "version": "9"}),
        ("id", "0" * 64),
    ],
)
def test_a_change_after_freezing_is_noticed(key: str, value: object) -> None:
    message = refusal({**document(), key: value})
    assert message.startswith("the snapshot was changed after it was frozen")


def test_a_change_of_the_metadata_is_none_of_the_world() -> None:
    changed = {**document(), "metadata": {"model": "another"}}
    assert Snapshot.from_json(json.dumps(changed)) == SNAPSHOT


@pytest.mark.parametrize(
    ("raw", "reason"),
    [
        ("", "not JSON"),
        ("nonsense", "not JSON"),
        (b"\xff\xfe\x00", "not JSON"),
        (b"\x00" * 100, "not JSON"),
        (SNAPSHOT.to_json()[:-20], "not JSON"),
        ("[" * 100_000, "nested deeper than 64 levels"),
        ('{"world":' + "[" * 900 + "]" * 900 + "}", "nested deeper than 64 levels"),
        ("9" * 5000, "not JSON"),
        ("null", "$: "),
        ("[]", "$: "),
        ("{}", '$: "format" is a required property'),
    ],
    ids=lambda value: str(value)[:30],
)
def test_a_file_that_is_no_snapshot_is_refused(raw: str | bytes, reason: str) -> None:
    message = refusal(raw)
    assert message.startswith("this is no snapshot: ")
    assert reason in message


@pytest.mark.parametrize("literal", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_a_number_that_is_none_is_refused(literal: str) -> None:
    text = json.dumps({**document(), "metadata": {"x": "HERE"}})
    assert "not JSON" in refusal(text.replace('"HERE"', literal))


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"format": 2}, "$.format: "),
        ({"format": "1"}, "$.format: "),
        ({"id": "abc"}, "$.id: "),
        ({"id": SNAPSHOT.id.upper()}, "$.id: "),
        ({"id": SNAPSHOT.id + "\n"}, "$.id: "),
        ({"id": None}, "$.id: "),
        ({"pack": "webapp"}, "$.pack: "),
        ({"pack": {"id": "webapp"}}, "$.pack: "),
        ({"pack": {"id": "webapp", "version": 1}}, "$.pack.version: "),
        ({"world": []}, "$.world: "),
        ({"tasks": []}, "$.tasks: "),
        ({"tasks": [{"id": "x"}]}, "$.tasks[0]: "),
        ({"tasks": [{"id": "x", "instruction": 5}]}, "$.tasks[0].instruction: "),
        ({"artifacts": []}, "$.artifacts: "),
        ({"artifacts": {"a.txt": 5}}, "$.artifacts['a.txt']: "),
        ({"metadata": []}, "$.metadata: "),
        ({"extra": 1}, "$: Additional properties"),
        ({"flag": "flag{}"}, "$: Additional properties"),
    ],
)
def test_a_document_of_another_shape_is_refused(change: dict[str, Any], path: str) -> None:
    assert refusal({**document(), **change}).startswith(f"this is no snapshot: {path}")


@pytest.mark.parametrize(
    "name",
    [
        *("../x", "/etc/passwd", "a/b", "a\\b", "..", ".", ".bashrc", "", " x", "-rf", "x" * 101),
        *("a\x00", "a\n", "\n", "a\nb", "C:x", "caf\u00e9", "a\u202etxt.exe", "~x", "$HOME", "a*"),
    ],
)
def test_an_artifact_that_is_no_plain_file_name_is_refused(name: str) -> None:
    message = refusal(refrozen(artifacts={name: "x"}))
    assert message.startswith("this is no snapshot: $.artifacts")


@pytest.mark.parametrize("name", ["a", "README.md", "notes 2.txt", "_x-y.tar.gz", "x" * 100])
def test_an_artifact_with_a_plain_name_is_kept(name: str) -> None:
    again = Snapshot.from_json(json.dumps(refrozen(artifacts={name: "x"})))
    assert again.artifacts == {name: "x"}


def test_two_tasks_of_one_id_are_refused() -> None:
    task = {"id": "t", "instruction": "x"}
    message = refusal({**document(), "tasks": [task, {**task, "instruction": "y"}]})
    assert message == "two tasks of the world have the id 't'"


def test_a_snapshot_shows_in_one_line_what_it_is() -> None:
    made = Snapshot.freeze(PACK, PACK.realize(manifest_of(), design_of()), {})
    shown = repr(made)
    assert shown == f"Snapshot(id={made.id[:12]!r}, pack='webapp 4', tasks=['recover-flag'])"
