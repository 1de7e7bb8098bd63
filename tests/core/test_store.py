from __future__ import annotations

import json
import subprocess
import sys
import threading
from dataclasses import replace
from pathlib import Path

import pytest
from command_line import files

from openrange import Snapshot, SnapshotStore, StoreError, Task

FIRST = Snapshot("webapp", "1", {"n": 1}, (Task("t", "Do it."),), {}, {"model": "first"})


def snapshot(number: int) -> Snapshot:
    return replace(FIRST, world={"n": number})


def two_with_one_beginning() -> tuple[Snapshot, Snapshot]:
    """Two snapshots whose ids begin with the same character."""
    seen: dict[str, Snapshot] = {}
    for number in range(100):
        made = snapshot(number)
        if made.id[0] in seen:
            return seen[made.id[0]], made
        seen[made.id[0]] = made
    raise AssertionError("a hash of one value")


def test_a_saved_snapshot_is_a_file_under_its_id() -> None:
    store = SnapshotStore("deep/er/store")
    path = store.save(FIRST)
    assert path == Path("deep/er/store", f"{FIRST.id}.json") == store.path(FIRST.id)
    assert files("deep/er/store") == [path.name]
    loaded = store.load(FIRST.id)
    assert (loaded, loaded.metadata) == (FIRST, {"model": "first"})


def test_the_store_is_the_folder_snapshots_unless_said_otherwise() -> None:
    assert SnapshotStore().save(FIRST).parent == Path("snapshots")


def test_a_snapshot_is_found_by_path_and_by_the_beginning_of_its_id() -> None:
    store = SnapshotStore("store")
    path = store.save(FIRST)
    other = Path("renamed.json")
    other.write_bytes(path.read_bytes())
    for given in (path, str(path), FIRST.id, FIRST.id[:1], FIRST.id[:12], other):
        assert store.load(given) == FIRST


def test_what_is_saved_twice_stays_as_it_was_first() -> None:
    store = SnapshotStore("store")
    path = store.save(FIRST)
    before = path.read_bytes()
    assert store.save(replace(FIRST, metadata={"model": "second"})) == path
    assert path.read_bytes() == before


@pytest.mark.parametrize("damage", ["", "{", "nonsense", '{"format": 1}'])
def test_a_damaged_file_is_replaced(damage: str) -> None:
    store = SnapshotStore("store")
    store.save(FIRST).write_text(damage)
    store.save(FIRST)
    assert store.load(FIRST.id) == FIRST


def test_a_file_with_another_snapshot_than_its_name_says_is_refused_and_replaced() -> None:
    store = SnapshotStore("store")
    path = store.save(FIRST)
    path.write_text(snapshot(2).to_json())
    with pytest.raises(StoreError, match="holds another snapshot than its name says, "):
        store.load(FIRST.id)
    store.save(FIRST)
    assert store.load(FIRST.id) == FIRST


def test_an_ambiguous_beginning_is_refused() -> None:
    store = SnapshotStore("store")
    pair = two_with_one_beginning()
    for each in pair:
        store.save(each)
    with pytest.raises(StoreError, match="could be any of 2 snapshots: ") as caught:
        store.load(pair[0].id[0])
    assert all(each.id[:12] in str(caught.value) for each in pair)
    assert store.load(pair[0].id[:20]) == pair[0]


def test_files_that_are_no_snapshots_do_not_make_a_beginning_ambiguous() -> None:
    store = SnapshotStore("store")
    store.save(FIRST)
    for name in (f"{FIRST.id[:8]}.json", f"{FIRST.id}-copy.json", f".{FIRST.id}.json.x.tmp"):
        Path("store", name).write_text("notes")
    assert store.load(FIRST.id[:4]) == FIRST


@pytest.mark.parametrize(
    "given", ["abc", "", "nowhere/x.json", "*", "?", "../store", "store", "x" * 300, "f" * 65, "-"]
)
def test_what_is_not_there_is_said_so(given: str) -> None:
    store = SnapshotStore("store")
    store.save(snapshot(1))
    with pytest.raises(StoreError, match="there is no snapshot"):
        store.load(given)


def test_a_store_that_does_not_exist_holds_nothing_and_is_not_made_by_asking() -> None:
    with pytest.raises(StoreError, match="there is no snapshot 'abc'"):
        SnapshotStore("nowhere").load("abc")
    SnapshotStore("nowhere").check_writable()
    assert not Path("nowhere").exists()


def test_a_file_that_is_no_snapshot_is_named_with_the_reason() -> None:
    Path("notes.json").write_text("notes")
    with pytest.raises(StoreError, match=r"^notes\.json: this is no snapshot: not JSON"):
        SnapshotStore().load("notes.json")
    changed = json.loads(FIRST.to_json()) | {"world": {}}
    Path("notes.json").write_text(json.dumps(changed))
    with pytest.raises(StoreError, match=r"^notes\.json: the snapshot was changed after"):
        SnapshotStore().load("notes.json")


def test_a_file_that_is_too_large_is_not_parsed() -> None:
    with Path("large.json").open("wb") as stream:
        stream.truncate(20_000_001)
    with pytest.raises(StoreError, match=r"^large\.json: it is larger than 20,000,000 bytes$"):
        SnapshotStore().load("large.json")


@pytest.mark.parametrize("directory", ["file", "file/below", "file/far/below"])
def test_a_file_in_the_way_of_the_directory_is_noticed_before_and_after(directory: str) -> None:
    Path("file").write_text("mine")
    store = SnapshotStore(directory)
    with pytest.raises(StoreError, match=rf"^cannot save to {directory}: .*file is not a direct"):
        store.check_writable()
    with pytest.raises(StoreError, match=rf"^cannot save to {directory}: "):
        store.save(FIRST)
    assert Path("file").read_text() == "mine"


def test_a_name_that_no_directory_can_have_is_noticed_before_and_after() -> None:
    store = SnapshotStore("x" * 300)
    for attempt in (store.check_writable, lambda: store.save(FIRST)):
        with pytest.raises(StoreError, match=r"^cannot save to x+: File name too long$"):
            attempt()


def test_a_directory_in_the_way_of_the_file_is_an_error_and_nothing_is_left() -> None:
    Path("store", f"{FIRST.id}.json").mkdir(parents=True)
    with pytest.raises(StoreError, match="cannot save to store: Is a directory"):
        SnapshotStore("store").save(FIRST)
    assert files("store") == [f"{FIRST.id}.json"]


def test_a_disk_that_is_full_leaves_nothing_half_written() -> None:
    code = (
        "import resource, sys\n"
        "from openrange import Snapshot, SnapshotStore, StoreError\n"
        "snapshot = Snapshot.from_json(sys.stdin.read())\n"
        "resource.setrlimit(resource.RLIMIT_FSIZE, (5000, 5000))\n"
        "try:\n"
        "    SnapshotStore('store').save(snapshot)\n"
        "except StoreError as error:\n"
        "    print(error)"
    )
    store = SnapshotStore("store")
    kept = store.save(snapshot(2))
    large = replace(FIRST, world={"text": "x" * 50_000})
    done = subprocess.run(
        [sys.executable, "-c", code],
        input=large.to_json(),
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout == "cannot save to store: File too large\n"
    assert files("store") == [kept.name]
    assert store.load(kept) == snapshot(2)


def test_a_reader_never_sees_half_of_a_file_while_several_write_it() -> None:
    large = replace(FIRST, world={"text": ["x" * 100] * 2_000})
    store = SnapshotStore("store")
    path = store.save(large)
    problems: list[str] = []

    def write() -> None:
        for _ in range(5):
            path.unlink(missing_ok=True)
            store.save(large)

    writers = [threading.Thread(target=write) for _ in range(3)]
    for writer in writers:
        writer.start()
    while any(writer.is_alive() for writer in writers):
        try:
            Snapshot.from_json(path.read_bytes())
        except FileNotFoundError:
            continue
        except StoreError as error:
            problems.append(str(error))
    for writer in writers:
        writer.join()
    assert problems == []
    assert files("store") == [path.name]
