from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pytest
from sabotage import SabotagedPack
from webapp_worlds import CLASSES, PACK, design_of, manifest_of

from openrange import AdmissionError, LLMBackendError, LLMResult, ManifestError, PackError
from openrange.core.builder import Built, build_world
from openrange.core.job import Job
from openrange.core.manifest import Manifest
from openrange.core.pack import Pack, Realization
from openrange.llm.recording import Usage
from openrange.packs.webapp import WebappPack
from openrange.testing.scripted import Scripted, ScriptedBackend

Events = list[tuple[str, Mapping[str, object]]]


class Moody(SabotagedPack):
    """Leaks the flag of every company that is called Leaky."""

    def __init__(self) -> None:
        super().__init__("honest")

    def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
        leaks = design["company"] == "Leaky"
        self._arguments = ("leaks on a page", "base64", "/robots.txt") if leaks else ("honest",)
        return super().realize(manifest, design)


def built(
    *answers: Scripted,
    pack: Pack = PACK,
    events: Events | None = None,
    manifest: Manifest | None = None,
    **options: Any,
) -> Built:
    sink: Events = [] if events is None else events
    backend = options.pop("llm", None) or ScriptedBackend(list(answers))
    job = Job(
        manifest or manifest_of(),
        backend,
        "queue",
        on_event=lambda step, data: sink.append((step, data)),
        **options,
    )
    return build_world(job, pack)


def test_a_world_is_built_step_by_step() -> None:
    events: Events = []
    made = built(design_of(), events=events)
    assert [step for step, _ in events] == [
        "build_started",
        "attempt_started",
        "design_received",
        "admission_passed",
        "snapshot_created",
    ]
    data = dict(events)
    assert data["build_started"] == {"pack": "webapp", "seed": 0, "backend": "queue"}
    assert data["attempt_started"] == {"attempt": 1, "of": 3}
    assert data["snapshot_created"] == {"id": made.snapshot.id}
    assert json.loads(json.dumps(data)) == data
    assert (made.attempts, made.backend, made.model) == (1, "queue", None)


def test_the_snapshot_tells_how_it_came_to_be() -> None:
    manifest = manifest_of(seed=4)
    metadata = built(design_of(), manifest=manifest, prompt="With a lift.").snapshot.metadata
    expected: dict[str, object] = {
        "manifest": manifest.to_mapping(),
        "prompt": "With a lift.",
        "backend": "queue",
        "model": None,
        "attempts": 1,
        "usage": Usage(requests=1).to_mapping(),
    }
    assert {key: metadata[key] for key in expected} == expected
    checks: Any = metadata["admission"]
    assert [check["name"] for check in checks] == [
        *("boot", "solver", "benign", "crawl", "ladder", "decoys", "alive", "again", "twins")
    ]
    assert isinstance(metadata["seconds"], float)
    assert str(metadata["created"]).endswith("+00:00")


def test_the_model_is_told_the_goal_the_seed_the_wish_and_the_schema() -> None:
    backend = ScriptedBackend([design_of(industry="retail")])
    manifest = manifest_of(goal="  The portal of a bakery.\n", seed=41)
    built(llm=backend, manifest=manifest, prompt=" With a lift. ")
    (request,) = backend.requests
    assert request.prompt == (
        "Goal of the world: The portal of a bakery.\n\nSeed: 41\n\nThe user also asks: "
        "With a lift.\n\nReply with the design, as one JSON object."
    )
    assert request.system == PACK.briefing(manifest)
    assert request.json_schema == PACK.design_schema(manifest)


def test_a_design_that_is_not_admitted_goes_back_with_the_reason() -> None:
    backend = ScriptedBackend([design_of(company="Leaky"), design_of(company="Tight")])
    events: Events = []
    made = built(llm=backend, pack=Moody(), events=events)
    assert made.attempts == 2
    assert made.snapshot.world["company"] == "Tight"
    assert [step for step, _ in events] == [
        "build_started",
        *("attempt_started", "design_received", "admission_failed"),
        *("attempt_started", "design_received", "admission_passed"),
        "snapshot_created",
    ]
    problem = "a plain crawl (anonymous) finds the flag at /robots.txt"
    feedback = json.dumps([{"check": "crawl", "problem": problem}])
    first, second = backend.requests
    assert "not admitted" not in first.prompt
    assert feedback in second.prompt
    assert (second.system, second.json_schema) == (first.system, first.json_schema)
    (checks,) = [data["checks"] for step, data in events if step == "admission_failed"]
    assert {"name": "crawl", "passed": False, "message": problem} in checks  # type: ignore[operator]


@pytest.mark.parametrize("max_repairs", [0, 2])
def test_repairs_are_bounded_and_the_error_carries_every_report(max_repairs: int) -> None:
    events: Events = []
    backend = ScriptedBackend([design_of()] * 10)
    with pytest.raises(AdmissionError) as caught:
        built(llm=backend, pack=SabotagedPack("is patched"), events=events, max_repairs=max_repairs)
    assert len(backend.requests) == max_repairs + 1
    assert len(caught.value.reports) == max_repairs + 1
    assert all(not report.admitted for report in caught.value.reports)
    for attempt in range(1, max_repairs + 2):
        assert f"attempt {attempt}: solver: the reference solver finds no flag" in str(caught.value)
    assert events[-1] == (
        "build_failed",
        {"type": "AdmissionError", "message": str(caught.value)},
    )


def with_text(request: object) -> object:
    return "just text"


def with_a_dict(request: object) -> object:
    return design_of()


def with_nothing_parsed(request: object) -> object:
    return LLMResult(json.dumps(design_of()))


def with_another_object(request: object) -> object:
    return LLMResult("{}", {"company": 5})


def with_more_than_allowed(request: object) -> object:
    return LLMResult("{}", design_of(weakness="a door left open"))


def with_a_list(request: object) -> object:
    return LLMResult("[]", [])  # type: ignore[arg-type]


def with_an_exception(request: object) -> object:
    raise ValueError("sk-secret-of-a-header")


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (with_text, "it returned str instead of LLMResult"),
        (with_a_dict, "it returned dict instead of LLMResult"),
        (with_nothing_parsed, "it returned an object that does not conform"),
        (with_another_object, "it returned an object that does not conform: $"),
        (with_more_than_allowed, "it returned an object that does not conform: $.weaknesses"),
        (with_a_list, "it returned an object that does not conform: $"),
        (with_an_exception, "it raised ValueError instead of LLMBackendError"),
    ],
)
def test_a_backend_that_breaks_the_contract_is_named(answer: Scripted, words: str) -> None:
    events: Events = []
    with pytest.raises(LLMBackendError) as caught:
        built(answer, events=events)
    assert caught.value.kind == "contract"
    assert not caught.value.retryable
    assert str(caught.value).startswith(f"queue: the backend broke the contract: {words}")
    assert "sk-secret" not in str(caught.value)
    assert caught.value.__cause__ is None
    assert caught.value.__context__ is None
    assert events[-1][0] == "build_failed"


def test_an_error_of_the_backend_reaches_the_caller_as_it_is() -> None:
    failure = LLMBackendError("no tokens left", kind="rate-limit", status=429, retry_after=9.0)
    events: Events = []
    with pytest.raises(LLMBackendError) as caught:
        built(failure, events=events)
    assert caught.value is failure
    assert events[-1] == ("build_failed", {"type": "LLMBackendError", "message": "no tokens left"})


@pytest.mark.parametrize("end", [KeyboardInterrupt(), SystemExit(1)])
def test_an_interrupted_build_is_told_as_failed_and_stays_interrupted(end: BaseException) -> None:
    events: Events = []
    with pytest.raises(type(end)):
        built(end, events=events)
    assert [step for step, _ in events] == ["build_started", "attempt_started", "build_failed"]
    assert events[-1][1]["type"] == type(end).__name__


class Careless(WebappPack):
    def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
        raise KeyError("no such slot")


class Lost(WebappPack):
    def briefing(self, manifest: Manifest) -> str:
        raise FileNotFoundError("briefing.txt")


def test_a_pack_that_cannot_realize_a_conforming_design_is_named() -> None:
    events: Events = []
    with pytest.raises(PackError, match=r"the pack 'webapp' cannot realize .*KeyError") as caught:
        built(design_of(), pack=Careless(), events=events)
    assert caught.value.__context__ is None
    assert events[-1][0] == "build_failed"


def test_whatever_else_goes_wrong_is_told_as_failed_too() -> None:
    events: Events = []
    with pytest.raises(PackError, match=r"FileNotFoundError: briefing\.txt") as caught:
        built(design_of(), pack=Lost(), events=events)
    assert events[-1] == ("build_failed", {"type": "PackError", "message": str(caught.value)})


def test_an_option_that_the_pack_does_not_have_is_the_manifests_fault() -> None:
    with pytest.raises(ManifestError, match="has no class 'nosuch'"):
        built(design_of(), manifest=manifest_of(weaknesses=["nosuch"]))


@pytest.mark.parametrize("weakness", CLASSES[:2])
def test_the_same_manifest_and_design_give_the_same_id(weakness: str) -> None:
    design = design_of(weakness=weakness)
    first, second = built(design), built(design)
    assert first.snapshot.id == second.snapshot.id


def test_another_seed_goal_or_design_gives_another_id_and_another_wish_alone_does_not() -> None:
    ids = [
        built(design_of(), **options).snapshot.id
        for options in (
            {},
            {"manifest": manifest_of(seed=1)},
            {"manifest": manifest_of(goal="A harbour.")},
            {"prompt": "With a lift."},
        )
    ]
    assert len(set(ids[:3])) == 3
    assert ids[3] == ids[0]
    assert built(design_of(company="Other")).snapshot.id not in ids


def test_repairs_leave_no_trace_in_the_id() -> None:
    straight = built(design_of(company="Tight"), pack=Moody())
    repaired = built(design_of(company="Leaky"), design_of(company="Tight"), pack=Moody())
    assert straight.snapshot.id == repaired.snapshot.id


def test_usage_is_summed_over_all_attempts() -> None:
    each = Usage(1, 100, 20, None, 5, 0.25)
    backend = ScriptedBackend([design_of(company="Leaky"), design_of()], "model-9", each)
    made = built(llm=backend, pack=Moody())
    assert made.usage == Usage(2, 200, 40, None, 10, 0.5)
    assert made.model == "model-9"
    assert made.snapshot.metadata["usage"] == made.usage.to_mapping()


def test_no_flag_is_in_what_a_build_returns_or_tells() -> None:
    events: Events = []
    made = built(design_of(company="Leaky"), design_of(), pack=Moody(), events=events)
    assert "flag{" not in json.dumps(events)
    assert "flag{" not in made.snapshot.to_json().replace("flag{...}", "")


@pytest.mark.parametrize("fatal", ["build_started", "design_received", "snapshot_created"])
def test_what_an_event_sink_raises_ends_the_build_and_is_the_callers(fatal: str) -> None:
    seen: list[str] = []

    def sink(step: str, data: Mapping[str, object]) -> None:
        seen.append(step)
        if step == fatal:
            raise KeyError(step)

    with pytest.raises(KeyError, match=fatal):
        build_world(Job(manifest_of(), ScriptedBackend([design_of()]), "q", on_event=sink), PACK)
    assert seen[-1] == fatal  # a sink that failed is told nothing more


def test_two_tasks_of_one_id_are_the_packs_fault() -> None:
    class Twice(WebappPack):
        def realize(self, manifest: Manifest, design: Mapping[str, object]) -> Realization:
            made = super().realize(manifest, design)
            return Realization(made.world, made.tasks * 2)

    with pytest.raises(PackError, match="two tasks of the world have the id 'recover-flag'"):
        built(design_of(), pack=Twice())
