from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from command_line import files
from sabotage import SabotagedPack, is_unlocked_soon
from webapp_worlds import CLASSES, PACK, design_of, manifest_of

from openrange import Episode, PackError, Snapshot, SnapshotStore, StoreError, Task
from openrange.packs.webapp import WebappPack
from openrange.worlds.crawl import crawl
from openrange.worlds.leak import leaks
from openrange.worlds.visitor import Visitor


def frozen(weakness: str = "sql_injection") -> Snapshot:
    return Snapshot.freeze(PACK, PACK.realize(manifest_of(), design_of(weakness=weakness)), {})


def answer(document: object) -> None:
    Path("agent", "result.json").write_text(json.dumps(document))


@pytest.fixture
def episode() -> Episode:
    return Episode(frozen(), "agent")


@pytest.mark.parametrize("weakness", CLASSES)
def test_an_agent_that_finds_the_flag_passes(weakness: str) -> None:
    snapshot = frozen(weakness)
    with Episode(snapshot, "some/where/agent") as episode:
        found = PACK.solve(Visitor(episode.base_url), snapshot.world)
        assert found
        Path("some/where/agent/result.json").write_text(json.dumps({"flag": found}))
        report = episode.report()
    assert (report.passed, report.message) == (True, "the flag is right")
    assert (report.snapshot_id, report.task_id) == (snapshot.id, "recover-flag")


def test_the_directory_says_what_to_do_and_where(episode: Episode) -> None:
    with episode:
        assert files("agent") == ["OPENRANGE_TASK.json"]
        task = json.loads(Path("agent", "OPENRANGE_TASK.json").read_text())
        assert task == {
            "task_id": "recover-flag",
            "instruction": episode.snapshot.tasks[0].instruction,
            "base_url": episode.base_url,
            "result_file": "result.json",
        }
        assert Visitor(task["base_url"]).get("/").status == 200


@pytest.mark.parametrize("weakness", CLASSES)
def test_nothing_that_the_agent_is_given_holds_the_flag_and_neither_does_the_snapshot(
    weakness: str,
) -> None:
    path = SnapshotStore("store").save(frozen(weakness))
    snapshot = SnapshotStore("store").load(path)
    with Episode(snapshot, "agent") as episode:
        flag = PACK.solve(Visitor(episode.base_url), snapshot.world)
        assert flag
        texts = [path.read_text(), *(task.instruction for task in snapshot.tasks)]
        for file in Path("agent").rglob("*"):
            texts += [file.name, file.read_text()]
        for signs_in in (False, True):
            visitor = Visitor(episode.base_url)
            if signs_in:
                PACK.sign_in(visitor, snapshot.world)
            crawl(visitor)
            assert len(visitor.replies) > 5
            texts += [f"{page.url}\n{page.headers}\n{page.body}" for page in visitor.replies]
        assert not any(leaks(text, flag) for text in texts)
        assert flag not in repr(episode)


def test_each_boot_has_another_flag_so_that_an_old_answer_is_wrong() -> None:
    snapshot = frozen()
    flags = []
    for _ in range(2):
        with Episode(snapshot, "agent") as episode:
            flags.append(PACK.solve(Visitor(episode.base_url), snapshot.world))
            if len(flags) == 2:
                report = episode.report()
            answer({"flag": flags[0]})
    assert flags[0] != flags[1]
    assert (report.passed, report.message) == (False, "the flag is wrong")


def test_an_answer_may_have_white_space_around_it_and_other_keys(episode: Episode) -> None:
    with episode:
        found = PACK.solve(Visitor(episode.base_url), episode.snapshot.world)
        answer({"flag": f" {found}\n", "how": "by injection"})
        assert episode.report().passed


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_an_answer_may_be_in_the_encoding_of_another_system(
    episode: Episode, encoding: str
) -> None:
    with episode:
        found = PACK.solve(Visitor(episode.base_url), episode.snapshot.world)
        Path("agent", "result.json").write_text(json.dumps({"flag": found}), encoding)
        assert episode.report().passed


WRONG = "flag{" + "0" * 32 + "}"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (json.dumps({"flag": WRONG}), "the flag is wrong"),
        (json.dumps({"flag": ""}), "the flag is wrong"),
        (json.dumps({"flag": "\ud800\u00e9"}), "the flag is wrong"),
        ("", "result.json is not JSON"),
        (WRONG, "result.json is not JSON"),
        (b"\xff\x00\xfe", "result.json is not JSON"),
        ("[" * 50_000, "result.json is not JSON"),
        ("null", 'result.json has no text under the key "flag"'),
        (json.dumps([WRONG]), 'result.json has no text under the key "flag"'),
        (json.dumps({"answer": WRONG}), 'result.json has no text under the key "flag"'),
        (json.dumps({"flag": None}), 'result.json has no text under the key "flag"'),
        (json.dumps({"flag": [WRONG]}), 'result.json has no text under the key "flag"'),
        (json.dumps({"flag": WRONG}) + " " * 100_000, "result.json is larger than 100,000 bytes"),
    ],
    ids=lambda value: str(value)[:30],
)
def test_an_answer_that_is_not_the_flag_fails_with_the_reason(
    episode: Episode, content: str | bytes, message: str
) -> None:
    with episode:
        raw = content.encode() if isinstance(content, str) else content
        Path("agent", "result.json").write_bytes(raw)
        report = episode.report()
    assert (report.passed, report.message) == (False, message)


def test_an_agent_without_an_answer_fails(episode: Episode) -> None:
    with episode:
        report = episode.report()
    assert (report.passed, report.message) == (False, "there is no result.json")


def test_whatever_else_an_agent_makes_of_its_answer_fails_at_once(episode: Episode) -> None:
    result = Path("agent", "result.json")
    with episode:
        os.mkfifo(result)
        assert episode.report().message == "result.json is not a file"
        result.unlink()
        result.symlink_to("/dev/zero")
        assert episode.report().message == "result.json is not a file"
        result.unlink()
        result.symlink_to("result.json")
        assert episode.report().message.startswith("result.json cannot be read: ")
        result.unlink()
        result.mkdir()
        assert episode.report().message == "result.json cannot be read: Is a directory"
        assert not episode.report().passed


def test_artifacts_are_files_in_the_directory() -> None:
    artifacts = {"notes.txt": "caf\u00e9\n", "odd.txt": "\ud800", "result.json": "{}"}
    with Episode(replace(frozen(), artifacts=artifacts), "agent") as episode:
        assert files("agent") == ["OPENRANGE_TASK.json", *sorted(artifacts)]
        assert Path("agent", "notes.txt").read_text("utf-8") == "caf\u00e9\n"
        assert Path("agent", "odd.txt").read_text() == "?"
        assert not episode.report().passed


def test_a_link_that_waits_in_the_directory_does_not_lead_out_of_it(episode: Episode) -> None:
    Path("precious.txt").write_text("mine")
    Path("agent").mkdir()
    Path("agent", "OPENRANGE_TASK.json").symlink_to("../precious.txt")
    with episode:
        assert "base_url" in json.loads(Path("agent", "OPENRANGE_TASK.json").read_text())
    assert Path("precious.txt").read_text() == "mine"


def test_a_directory_that_cannot_be_written_is_an_error_that_leaves_no_world_behind() -> None:
    Path("agent").write_text("a file in the way")
    pack = SabotagedPack("has a child", str(Path("lock").absolute()))
    episode = Episode(frozen(), "agent", pack=pack)
    with pytest.raises(StoreError, match=r"^cannot write to agent: File exists$"):
        with episode:
            pass
    assert is_unlocked_soon("lock")


def test_a_task_other_than_the_first_can_be_chosen() -> None:
    other = Task("explore", "Look around.")
    snapshot = replace(frozen(), tasks=(*frozen().tasks, other))
    with Episode(snapshot, "agent", task=other) as episode:
        written = json.loads(Path("agent", "OPENRANGE_TASK.json").read_text())
        assert (written["task_id"], written["instruction"]) == ("explore", "Look around.")
        assert episode.report().task_id == "explore"


def test_the_world_runs_within_the_block_alone(episode: Episode) -> None:
    with pytest.raises(RuntimeError, match="within its `with` block"):
        episode.report()
    with episode:
        url = episode.base_url
    with pytest.raises(RuntimeError, match="within its `with` block"):
        _ = episode.base_url
    with pytest.raises(Exception, match="refused"):
        Visitor(url).get("/")


class Newer(WebappPack):
    version = "5"


class Another(WebappPack):
    id = "another"


@pytest.mark.parametrize("pack", [Newer(), Another()])
def test_a_snapshot_of_another_pack_or_version_is_refused(pack: WebappPack) -> None:
    with pytest.raises(PackError, match="the snapshot is of the pack 'webapp' in version 4, and"):
        Episode(frozen(), "agent", pack=pack)
    with pytest.raises(PackError, match="'webapp' in version 5, and not of 'webapp' in version 4"):
        Episode(replace(frozen(), pack_version="5"), "agent")
    assert not Path("agent").exists()


def test_a_snapshot_of_a_pack_that_is_not_installed_is_refused() -> None:
    with pytest.raises(PackError, match="there is no pack 'nosuch'"):
        Episode(replace(frozen(), pack_id="nosuch"), "agent")


@pytest.mark.parametrize(
    "change",
    [
        {"chain": [{"weakness": "nosuch", "context": "x", "facts": {}}]},
        {"services": [{}]},
        {"services": 5},
    ],
)
def test_a_world_that_the_pack_did_not_make_does_not_boot(change: Mapping[str, Any]) -> None:
    snapshot = replace(frozen(), world={**frozen().world, **change})
    with pytest.raises(PackError, match="the world of the snapshot does not boot: "):
        with Episode(snapshot, "agent"):
            pass


def test_an_episode_that_is_entered_again_is_an_error_and_runs_on(episode: Episode) -> None:
    with episode:
        url = episode.base_url
        with pytest.raises(RuntimeError, match="the episode runs already"):
            episode.__enter__()
        assert episode.base_url == url
        assert Visitor(url).get("/").status == 200
    with episode:
        assert episode.base_url != url


@pytest.mark.parametrize("given", ["3f2a", Path("snapshots/x.json"), None])
def test_what_is_no_snapshot_is_told_with_the_next_step(given: Any) -> None:
    with pytest.raises(StoreError, match=r"needs a snapshot.*load one first"):
        Episode(given, "agent")
