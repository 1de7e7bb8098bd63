"""The builder: asks for a design, has it realized and admitted, and has what fails repaired."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import TypeVar

from openrange.core.admission import admit
from openrange.core.design import Rejected, ask_for_design, breach_of_contract, design_request
from openrange.core.installed_packs import installed_pack
from openrange.core.job import Job
from openrange.core.manifest import Manifest
from openrange.core.pack import Pack, Realization
from openrange.core.provenance import made_with, sealed
from openrange.core.report import AdmissionReport
from openrange.core.snapshot import Snapshot
from openrange.core.store import SnapshotStore
from openrange.errors import (
    AdmissionError,
    ManifestError,
    OpenRangeError,
    PackError,
)
from openrange.llm.contract import LLMBackend, SupportsPreflight
from openrange.llm.recording import Recorder, Usage, announce, recording
from openrange.llm.text import raised
from openrange.plugins.registry import Plugins

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
        file: The snapshot's file; None if it was not saved.
    """

    snapshot: Snapshot
    attempts: int
    backend: str
    model: str | None
    usage: Usage
    seconds: float
    file: Path | None = None


def build_and_save(job: Job, plugins: Plugins) -> Built:
    """Build a world and save it, after finding out that nothing stands in the way.

    Args:
        job: What to build.
        plugins: What is installed, as the user configured it.

    Returns:
        The world.

    Raises:
        OpenRangeError: As `build_world` does; or the pack is not to be had, the backend is not
            configured, or the snapshot cannot be saved.
    """
    pack = installed_pack(job.manifest.pack, plugins)
    store = None if job.output is None else SnapshotStore(job.output)
    if store is not None:
        store.check_writable()
    _preflight(job)
    built = build_world(job, pack)
    return built if store is None else replace(built, file=store.save(built.snapshot))


def build_world(job: Job, pack: Pack) -> Built:
    """Build one world.

    Args:
        job: What to build. Its sink receives `build_started`, `attempt_started`,
            `design_received`, `admission_failed`, `admission_passed`, `snapshot_created`,
            `build_failed`, and what happens to requests (`llm_request`, `llm_reply`, `llm_retry`,
            `llm_reask`, `llm_fallback`, `llm_mended`).
        pack: Realizes and solves the world.

    Returns:
        The world.

    Raises:
        ManifestError: The manifest asks the pack for something that it does not have.
        PackError: The pack cannot realize a design that conforms to its schema.
        LLMBackendError: The backend failed, or broke the contract.
        AdmissionError: No attempt was admitted; it carries the report of each.
        Exception: Whatever the job's sink raises.
    """
    started = time.monotonic()
    with recording(job.on_event) as recorder:
        seed = job.manifest.seed
        announce("build_started", {"pack": pack.id, "seed": seed, "backend": job.backend})
        try:
            realization, reports = _admitted(job, pack)
        except (Exception, KeyboardInterrupt, SystemExit) as error:
            announce("build_failed", {"type": type(error).__name__, "message": str(error)})
            raise
        seconds = time.monotonic() - started
        model = _model(recorder, job.llm)
        metadata = {
            "manifest": job.manifest.to_mapping(),
            "prompt": job.prompt,
            "backend": job.backend,
            "model": model,
            "attempts": len(reports),
            "usage": recorder.usage.to_mapping(),
            "admission": reports[-1].to_mapping(),
            "baselines": dict(reports[-1].baselines),
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "seconds": round(seconds, 3),
            **made_with(pack),
        }
        snapshot = sealed(Snapshot.freeze(pack, realization, metadata))
        announce("snapshot_created", {"id": snapshot.id})
    return Built(snapshot, len(reports), job.backend, model, recorder.usage, seconds)


def _preflight(job: Job) -> None:
    if not isinstance(job.llm, SupportsPreflight):
        return
    try:
        job.llm.preflight()
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - named as the backend's breach of contract
        breach = f"its preflight raised {type(error).__name__} instead of LLMBackendError"
    else:
        return
    raise breach_of_contract(job, breach)


def _admitted(job: Job, pack: Pack) -> tuple[Realization, list[AdmissionReport]]:
    """The first realization that is admitted, and the reports of all attempts."""
    reports: list[AdmissionReport] = []
    rejected: Rejected | None = None
    for attempt in range(1, job.max_repairs + 2):
        request = _of_pack(pack, "ask for", partial(design_request, job, pack, rejected))
        announce("attempt_started", {"attempt": attempt, "of": job.max_repairs + 1})
        design = ask_for_design(job, pack, request)
        announce("design_received", {"attempt": attempt})
        realize = partial(_realized, pack, job.manifest, design)
        realization = _of_pack(pack, "realize", realize)
        report = admit(pack, realization)
        reports.append(report)
        if report.admitted:
            announce("admission_passed", {"attempt": attempt, "checks": report.to_mapping()})
            return realization, reports
        rejected = Rejected(attempt, design, report.failures)
        announce("admission_failed", {"attempt": attempt, "checks": report.to_mapping()})
    seen = "; ".join(
        f"attempt {number}: {check.name}: {check.message}"
        for number, report in enumerate(reports, 1)
        for check in report.failures
    )
    raise AdmissionError(f"no world was admitted in {len(reports)} attempts ({seen})", reports)


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
        problem = raised(error)
    raise PackError(f"the pack {pack.id!r} cannot {what} a design as it promises ({problem})")


def _model(recorder: Recorder, llm: LLMBackend) -> str | None:
    """The models that answered; where no reply names one, the one that was asked for."""
    configured = getattr(llm, "model", None)
    return ", ".join(recorder.models) or (configured if isinstance(configured, str) else None)
