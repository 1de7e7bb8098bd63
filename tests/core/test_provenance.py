"""Where a snapshot comes from: told when it is played, and found out by `inspect --verify`."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
from command_line import openrange
from webapp_worlds import PACK, design_of, manifest_of

import openrange as api
from openrange import Episode, PackError, Snapshot, SnapshotStore

SECRET = Path(".local", "share", "openrange", "installation")


def built_by_command() -> Path:
    done = openrange("build", "--backend", "offline", "--json")
    assert done.status == 0, done.err
    return Path(done.document["path"])


def elsewhere(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """From now on, this is another installation."""
    home = tmp_path / "another-home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / ".local" / "share"))


def played(snapshot: Snapshot) -> bool:
    with Episode(snapshot, "agent") as episode:
        return episode.report().admitted_here


def test_what_was_built_here_is_played_without_a_word(
    caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    snapshot = SnapshotStore().load(built_by_command())
    assert played(snapshot)
    assert played(api.build(llm="offline"))
    assert caplog.records == []
    secret = tmp_path / "home" / SECRET
    assert secret.stat().st_mode & 0o777 == 0o600
    assert [file.name for file in secret.parent.iterdir()] == ["installation"]
    assert snapshot.metadata["made_with"] == f"openrange {version('openrange')}"


def test_what_was_admitted_elsewhere_is_told_when_it_is_played_and_may_be_admitted_here(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture, tmp_path: Path
) -> None:
    file = built_by_command()
    snapshot = SnapshotStore().load(file)
    elsewhere(monkeypatch, tmp_path)
    assert not played(snapshot)
    (record,) = caplog.records
    assert record.levelno == logging.WARNING
    assert f"`openrange inspect {snapshot.id[:12]} --verify`" in record.getMessage()
    assert "admitted   by another installation; see --verify" in openrange("inspect", file).out

    verified = openrange("inspect", file, "--verify", "--json")
    assert verified.status == 0, verified.err
    assert verified.document["admitted_here"]
    again = SnapshotStore().load(file)
    assert again.id == snapshot.id
    assert played(again)
    assert len(caplog.records) == 1
    assert "admitted   here" in openrange("inspect", file).out


def test_a_world_without_its_flag_that_was_hashed_again_is_found_out() -> None:
    file = built_by_command()
    document: Any = json.loads(file.read_text())
    for link in document["world"]["chain"]:
        link["mended"] = True
    told = Snapshot(
        document["pack"]["id"],
        document["pack"]["version"],
        document["world"],
        SnapshotStore().load(file).tasks,
        metadata=document["metadata"],
    )
    path = SnapshotStore("from-elsewhere").save(told)
    before = path.read_bytes()
    assert not played(told)
    done = openrange("inspect", path, "--verify")
    assert done.status == 4
    assert done.complaint == (
        "the snapshot is not admitted (solver: the reference solver finds no flag)"
    )
    assert path.read_bytes() == before


@pytest.mark.parametrize("seal", ["", "0" * 64, 5, ["x"], "\ud800"])
def test_a_note_that_this_installation_did_not_make_is_none(seal: object) -> None:
    made = PACK.realize(manifest_of(), design_of())
    assert not played(Snapshot.freeze(PACK, made, {"seal": seal}))


def test_without_a_home_that_can_be_written_a_world_is_built_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", "/dev/null/nowhere")
    assert not played(api.build(llm="offline"))


def test_a_snapshot_of_another_version_of_its_pack_says_what_plays_it() -> None:
    made = PACK.realize(manifest_of(), design_of())
    for metadata, says in (
        ({"made_with": "openrange 2.0.0"}, "openrange 2.0.0, with which it was made, plays it"),
        ({"made_with": "\x1b[2Jx"}, "[2Jx, with which it was made, plays it"),
        ({}, "the release that made it plays it, or build its manifest again"),
    ):
        snapshot = replace(Snapshot.freeze(PACK, made, metadata), pack_version="1")
        with pytest.raises(PackError) as caught:
            Episode(snapshot, "agent")
        assert says in str(caught.value)
        assert "\x1b" not in str(caught.value)
    path = SnapshotStore().save(snapshot)
    done = openrange("inspect", path, "--verify")
    assert done.status != 0
    assert "in version 1, and not of 'webapp' in version 4" in done.complaint
