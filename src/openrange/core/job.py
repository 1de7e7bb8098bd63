"""The job of a build: all that somebody decided before it begins, passed along as one value."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path

from openrange.core.manifest import Manifest
from openrange.errors import ConfigError
from openrange.llm.contract import LLMBackend
from openrange.llm.recording import EventSink

DEFAULT_MAX_REPAIRS = 2


@dataclass(frozen=True, slots=True)
class Job:
    """One world to build.

    Args:
        manifest: What the user wants.
        llm: Designs the world.
        backend: The backend's name, for errors and metadata.
        prompt: What else the user wants, in words.
        max_repairs: How often a design that was not admitted goes back to the model.
        output: A directory in which to save the snapshot; None saves nothing.
        on_event: Receives `(step, data)` as the build goes on.

    Raises:
        ConfigError: `llm` is no backend, or `max_repairs` is negative.
    """

    manifest: Manifest
    llm: LLMBackend
    backend: str
    prompt: str | None = None
    max_repairs: int = DEFAULT_MAX_REPAIRS
    output: Path | None = None
    on_event: EventSink | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if isinstance(self.llm, type):
            name = self.llm.__name__
            raise ConfigError(
                f"llm must be a backend, and not the class {name}: make one, {name}()"
            )
        if not isinstance(self.llm, LLMBackend):
            raise ConfigError(
                f"llm must be a backend or the name of one, and not {type(self.llm).__name__}"
            )
        if self.max_repairs < 0:
            raise ConfigError(f"max_repairs must not be negative, but is {self.max_repairs}")
