from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from command_line import files
from webapp_worlds import design_of, manifest_of

from openrange import (
    ConfigError,
    LLMBackendError,
    LLMRequest,
    LLMResult,
    Manifest,
    ManifestError,
    OfflineBackend,
    OpenAICompatibleBackend,
    PackError,
    SnapshotStore,
    StoreError,
    build,
)
from openrange.errors import BackendNotFoundError
from openrange.testing.scripted import ScriptedBackend


def queue(**fields: Any) -> ScriptedBackend:
    return ScriptedBackend([design_of(**fields)])


def test_the_starter_manifest_is_built_by_the_offline_backend_where_nothing_is_set() -> None:
    snapshot = build()
    assert snapshot.metadata["backend"] == "offline"
    assert snapshot.metadata["manifest"] == Manifest.starter().to_mapping()
    assert build().id == snapshot.id
    assert files() == []


def test_a_manifest_may_be_a_value_a_document_or_a_file() -> None:
    manifest = manifest_of(goal="A harbour.", seed=3)
    Path("m.yaml").write_text("world: {goal: A harbour.}\npack: {id: webapp}\nseed: 3\n")
    ids = {
        build(source, llm=queue()).id
        for source in (manifest, manifest.to_mapping(), "m.yaml", Path("m.yaml"))
    }
    assert len(ids) == 1


def test_a_seed_replaces_that_of_the_manifest() -> None:
    by_manifest = build(manifest_of(seed=8), llm=queue())
    assert build(manifest_of(seed=1), llm=queue(), seed=8).id == by_manifest.id
    assert build(manifest_of(seed=8), llm=queue(), seed=0).id != by_manifest.id


def test_the_offline_backend_takes_seed_goal_and_wish_into_account() -> None:
    ids = {
        build(manifest_of(**manifest), llm="offline", prompt=prompt).id
        for manifest, prompt in (
            ({}, None),
            ({"seed": 1}, None),
            ({"goal": "A bakery."}, None),
            ({}, "With a lift."),
        )
    }
    assert len(ids) == 4


def test_a_snapshot_is_saved_where_one_says() -> None:
    snapshot = build(manifest_of(), llm=queue(), output="worlds")
    assert files("worlds") == [f"{snapshot.id}.json"]
    assert SnapshotStore("worlds").load(snapshot.id) == snapshot


def test_nothing_is_asked_of_a_model_whose_world_could_not_be_saved() -> None:
    Path("worlds").write_text("a file in the way")
    backend = queue()
    with pytest.raises(StoreError, match="worlds is not a directory"):
        build(manifest_of(), llm=backend, output="worlds")
    assert backend.requests == []


def test_a_backend_is_asked_whether_it_is_configured_before_anything_else() -> None:
    with pytest.raises(LLMBackendError, match="no key: set OPENAI_API_KEY") as caught:
        build(manifest_of(), llm=OpenAICompatibleBackend(), output="worlds")
    assert caught.value.kind == "not-configured"
    assert files() == []


class Least:
    """The whole of what a backend has to be."""

    def complete(self, request: LLMRequest) -> LLMResult:
        return LLMResult("", design_of())


def test_a_backend_of_ones_own_needs_one_method_and_goes_by_its_class() -> None:
    assert build(manifest_of(), llm=Least()).metadata["backend"] == "Least"


def test_an_unknown_backend_or_pack_is_named_with_near_misses() -> None:
    with pytest.raises(BackendNotFoundError, match=r"'ofline'.*did you mean 'offline'"):
        build(llm="ofline")
    document = {"world": {"goal": "x"}, "pack": {"id": "webap"}}
    with pytest.raises(PackError, match=r"'webap'.*did you mean 'webapp'"):
        build(document, llm=queue())


@pytest.mark.parametrize("source", ["openrange", "OpenRange"])
def test_the_source_of_a_pack_is_an_installed_distribution(source: str) -> None:
    document = {"world": {"goal": "x"}, "pack": {"id": "webapp", "source": source}}
    assert build(document, llm=queue()).pack_id == "webapp"


@pytest.mark.parametrize("source", ["nosuch", "pytest", "https://packs.example/x", "../pack"])
def test_a_source_that_does_not_provide_the_pack_is_refused(source: str) -> None:
    document = {"world": {"goal": "x"}, "pack": {"id": "webapp", "source": source}}
    with pytest.raises(ManifestError, match=r"pack\.source .* is no installed distribution"):
        build(document, llm=queue())


def test_a_pack_that_the_configuration_blocks_is_not_used() -> None:
    Path("openrange.toml").write_text('[plugins]\nblock = ["webapp"]\n')
    with pytest.raises(PackError, match="the pack 'webapp' is blocked"):
        build(llm="offline")
    with pytest.raises(PackError, match="the pack 'webapp' is blocked"):
        build()


def test_a_configuration_file_is_read_only_where_it_decides() -> None:
    Path("openrange.toml").write_text("nonsense")
    assert build(manifest_of(), llm=queue())
    with pytest.raises(ConfigError, match=r"openrange\.toml: not valid TOML"):
        build(manifest_of())


def test_repairs_cannot_be_fewer_than_none() -> None:
    with pytest.raises(ConfigError, match="max_repairs must not be negative, but is -1"):
        build(manifest_of(), llm=queue(), max_repairs=-1)


def test_the_steps_are_told_as_they_happen() -> None:
    steps: list[str] = []
    build(manifest_of(), llm=queue(), on_event=lambda step, data: steps.append(step))
    assert steps[0] == "build_started"
    assert steps[-1] == "snapshot_created"


def test_a_backend_class_in_place_of_a_backend_is_told() -> None:
    with pytest.raises(ConfigError, match=r"not the class OfflineBackend: make one, OfflineBac"):
        build(llm=OfflineBackend)  # type: ignore[arg-type]


def test_what_is_no_backend_is_told() -> None:
    with pytest.raises(ConfigError, match="llm must be a backend or the name of one, and not int"):
        build(llm=5)  # type: ignore[arg-type]
