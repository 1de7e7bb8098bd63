"""The builder: asks for a design, has it realized and admitted, and has what fails repaired."""

from __future__ import annotations

import json
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import TypeVar

from openrange.core.admission import AdmissionReport, Check, admit
from openrange.core.manifest import Manifest
from openrange.core.pack import Pack, Realization
from openrange.core.snapshot import Snapshot
from openrange.errors import (
    AdmissionError,
    LLMBackendError,
    ManifestError,
    OpenRangeError,
    PackError,
)
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult
from openrange.llm.recording import EventSink, Recorder, Usage, recording
from openrange.llm.schema import violation
from openrange.llm.text import one_line
from openrange.llm.workspace import complete_with_pack_dir

DEFAULT_MAX_REPAIRS = 2

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Built:
    """A world that was built.

    Args:
        snapshot: The admitted world.
        attempts: How many designs it took.
        backend: The name of the backend that designed it.
        model: The model that designed it, as far as that is known.
        usage: What all attempts used.
        seconds: Wall-clock time.
    """

    snapshot: Snapshot
    attempts: int
    backend: str
    model: str | None
    usage: Usage
    seconds: float


def build_world(
    manifest: Manifest,
    pack: Pack,
    llm: LLMBackend,
    *,
    backend: str,
    prompt: str | None = None,
    max_repairs: int = DEFAULT_MAX_REPAIRS,
    on_event: EventSink | None = None,
) -> Built:
    """Build one world.

    Args:
        manifest: What the user wants.
        pack: Realizes and solves the world.
        llm: Designs it.
        backend: The backend's name, for errors and metadata.
        prompt: What else the user wants, in words.
        max_repairs: How often a design that was not admitted goes back to the model.
        on_event: Receives `(step, data)`: `build_started`, `attempt_started`, `design_received`,
            `admission_failed`, `admission_passed`, `snapshot_created`, `build_failed`, and what
            happens to requests (`llm_retry`, `llm_reask`, `llm_fallback`).

    Returns:
        The world.

    Raises:
        ManifestError: The manifest asks the pack for something that it does not have.
        PackError: The pack cannot realize a design that conforms to its schema.
        LLMBackendError: The backend failed, or broke the contract.
        AdmissionError: No attempt was admitted; it carries the report of each.
    """
    started = time.monotonic()
    tell = on_event or _nobody
    tell("build_started", {"pack": pack.id, "seed": manifest.seed, "backend": backend})
    try:
        with recording(on_event) as recorder:
            realization, reports = _admitted(
                manifest, pack, llm, backend, prompt, max_repairs, tell
            )
    except BaseException as error:
        tell("build_failed", {"type": type(error).__name__, "message": str(error)})
        raise
    seconds = time.monotonic() - started
    model = _model(recorder, llm)
    metadata = {
        "manifest": manifest.to_mapping(),
        "prompt": prompt,
        "backend": backend,
        "model": model,
        "attempts": len(reports),
        "usage": recorder.usage.to_mapping(),
        "admission": reports[-1].to_mapping(),
        "created": datetime.now(UTC).isoformat(timespec="seconds"),
        "seconds": round(seconds, 3),
    }
    snapshot = Snapshot.freeze(pack, realization, metadata)
    tell("snapshot_created", {"id": snapshot.id})
    return Built(snapshot, len(reports), backend, model, recorder.usage, seconds)


def _admitted(
    manifest: Manifest,
    pack: Pack,
    llm: LLMBackend,
    backend: str,
    prompt: str | None,
    max_repairs: int,
    tell: EventSink,
) -> tuple[Realization, list[AdmissionReport]]:
    """The first realization that is admitted, and the reports of all attempts."""
    reports: list[AdmissionReport] = []
    rejected: Rejected | None = None
    for attempt in range(1, max_repairs + 2):
        request = _of_pack(pack, "ask for", partial(_request, manifest, pack, prompt, rejected))
        tell("attempt_started", {"attempt": attempt, "of": max_repairs + 1})
        design = _design(llm, pack, request, backend)
        tell("design_received", {"attempt": attempt})
        realize = partial(_realized, pack, manifest, design)
        realization = _of_pack(pack, "realize", realize)
        report = admit(pack, realization)
        reports.append(report)
        if report.admitted:
            tell("admission_passed", {"attempt": attempt, "checks": report.to_mapping()})
            return realization, reports
        rejected = Rejected(attempt, design, report.failures)
        tell("admission_failed", {"attempt": attempt, "checks": report.to_mapping()})
    seen = "; ".join(
        f"attempt {number}: {check.name}: {check.message}"
        for number, report in enumerate(reports, 1)
        for check in report.failures
    )
    raise AdmissionError(f"no world was admitted in {len(reports)} attempts ({seen})", reports)


@dataclass(frozen=True, slots=True)
class Rejected:
    """A design whose world was not admitted: what the model is told of it."""

    attempt: int
    design: Mapping[str, object]
    failures: tuple[Check, ...]

    def in_words(self) -> str:
        failures = [{"check": check.name, "problem": check.message} for check in self.failures]
        return (
            f"The world of your design number {self.attempt} was not admitted: "
            f"{json.dumps(failures)}. It was: {json.dumps(self.design)}. Design another."
        )


def _request(
    manifest: Manifest, pack: Pack, prompt: str | None, rejected: Rejected | None
) -> LLMRequest:
    parts = [f"Goal of the world: {manifest.goal.strip()}", f"Seed: {manifest.seed}"]
    if prompt and prompt.strip():
        parts.append(f"The user also asks: {prompt.strip()}")
    if rejected is not None:
        parts.append(rejected.in_words())
    parts.append("Reply with the design, as one JSON object.")
    return LLMRequest("\n\n".join(parts), pack.briefing(manifest), pack.design_schema(manifest))


def _design(llm: LLMBackend, pack: Pack, request: LLMRequest, backend: str) -> Mapping[str, object]:
    """The backend's answer, checked at the border: a stranger's backend may break the contract."""
    assert request.json_schema is not None
    breach: str | None
    try:
        result: object = complete_with_pack_dir(llm, pack, request)
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - named as the backend's breach of contract
        breach = f"raised {type(error).__name__} instead of LLMBackendError"
    else:
        if not isinstance(result, LLMResult):
            breach = f"returned {type(result).__name__} instead of LLMResult"
        else:
            breach = violation(result.parsed_json, request.json_schema)
            if breach is None and result.parsed_json is not None:
                return result.parsed_json
            breach = f"returned an object that does not conform: {one_line(breach or 'none', 300)}"
    raise LLMBackendError(
        f"{backend}: the backend broke the contract: it {breach}", kind="contract"
    )


def _realized(pack: Pack, manifest: Manifest, design: Mapping[str, object]) -> Realization:
    """The world of a design, which can be frozen and read again."""
    realization = pack.realize(manifest, design)
    Snapshot.from_json(Snapshot.freeze(pack, realization, {}).to_json())
    return realization


def _of_pack(pack: Pack, what: str, call: Callable[[], T]) -> T:
    """What a pack does, at the border: a stranger's pack may break its promises."""
    problem: str
    try:
        return call()
    except ManifestError:
        raise
    except Exception as error:  # noqa: BLE001 - named as the pack's breach of its promise
        problem = one_line(f"{type(error).__name__}: {error}", 300)
    raise PackError(f"the pack {pack.id!r} cannot {what} a design as it promises ({problem})")


def _model(recorder: Recorder, llm: LLMBackend) -> str | None:
    """The models that answered; where no reply names one, the one that was asked for."""
    configured = getattr(llm, "model", None)
    return ", ".join(recorder.models) or (configured if isinstance(configured, str) else None)


def _nobody(step: str, data: Mapping[str, object]) -> None:
    """Receives events where nobody listens."""
