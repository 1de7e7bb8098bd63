"""The design of a world: how a model is asked for it, and its answer, checked at the border."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from openrange.core.job import Job
from openrange.core.pack import Pack
from openrange.core.report import Check
from openrange.errors import LLMBackendError, OpenRangeError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.schema import violation
from openrange.llm.text import presentable
from openrange.llm.workspace import complete_with_pack_dir


@dataclass(frozen=True, slots=True)
class Rejected:
    """A design whose world was not admitted.

    Args:
        attempt: The number of the attempt.
        design: The design.
        failures: What did not pass.
    """

    attempt: int
    design: Mapping[str, object] = field(hash=False)
    failures: tuple[Check, ...]

    def feedback(self) -> str:
        """What the model is told of it."""
        failures = [{"check": check.name, "problem": check.message} for check in self.failures]
        return (
            f"The world of your design number {self.attempt} was not admitted: "
            f"{json.dumps(failures)}. It was: {json.dumps(self.design)}. Design another."
        )


def design_request(job: Job, pack: Pack, rejected: Rejected | None) -> LLMRequest:
    """What to ask a model.

    Args:
        job: What the user wants.
        pack: Knows what a design is.
        rejected: The design before this one, if there was one.

    Returns:
        A request whose schema is that of the pack's designs.
    """
    manifest = job.manifest
    parts = [f"Goal of the world: {manifest.goal.strip()}", f"Seed: {manifest.seed}"]
    if job.prompt and job.prompt.strip():
        parts.append(f"The user also asks: {job.prompt.strip()}")
    if rejected is not None:
        parts.append(rejected.feedback())
    parts.append("Reply with the design, as one JSON object.")
    return LLMRequest("\n\n".join(parts), pack.briefing(manifest), pack.design_schema(manifest))


def ask_for_design(job: Job, pack: Pack, request: LLMRequest) -> Mapping[str, object]:
    """A model's design. A stranger's backend may break the contract, and is named then.

    Args:
        job: Whose backend designs.
        pack: Whose files a backend that drives a local program gets.
        request: What to ask.

    Returns:
        A design that conforms to the request's schema.

    Raises:
        LLMBackendError: The backend failed, or broke the contract.
    """
    assert request.json_schema is not None
    breach: str | None
    try:
        result: object = complete_with_pack_dir(job.llm, pack, request)
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
            seen = presentable(breach or "none", 300)
            breach = f"returned an object that does not conform: {seen}"
    raise breach_of_contract(job, f"it {breach}")


def breach_of_contract(job: Job, breach: str) -> LLMBackendError:
    """The error that names a backend which broke the contract."""
    message = f"{job.backend}: the backend broke the contract: {breach}"
    return LLMBackendError(message, kind="contract")
