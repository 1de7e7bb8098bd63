"""What a stretch of work cost, and what happened on the way: beside the contract, not in it."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, field, fields

EventSink = Callable[[str, Mapping[str, object]], object]
"""Receives `(step, data)`; `data` is JSON and holds no secret."""


@dataclass(frozen=True, slots=True)
class Usage:
    """What one or more requests used. None means that nobody said.

    Args:
        requests: Requests sent to a model.
        input_tokens: Tokens read, cached ones included.
        output_tokens: Tokens written, reasoning included.
        cached_tokens: Tokens read from the provider's cache.
        reasoning_tokens: Tokens of hidden reasoning.
        cost_usd: Price in US dollars.
    """

    requests: int = 0
    input_tokens: int | None = None
    output_tokens: int | None = None
    cached_tokens: int | None = None
    reasoning_tokens: int | None = None
    cost_usd: float | None = None

    @staticmethod
    def count(value: object) -> int | None:
        """A number of tokens as a provider gives it; None for anything else."""
        return value if isinstance(value, int) and not isinstance(value, bool) else None

    def __add__(self, other: Usage) -> Usage:
        """The sum, in which a known number plus an unknown one is the known one."""
        pairs = ((getattr(self, f.name), getattr(other, f.name)) for f in fields(self))
        return Usage(*(b if a is None else a if b is None else a + b for a, b in pairs))

    def to_mapping(self) -> dict[str, int | float | None]:
        """The numbers by name, as JSON."""
        return {f.name: getattr(self, f.name) for f in fields(self)}


class SinkError(BaseException):
    """Carries what an event sink raised through whatever would take it for a fault of its own.

    Args:
        recorder: Whose sink it was.
        error: What it raised.
    """

    def __init__(self, recorder: Recorder, error: Exception) -> None:
        super().__init__(error)
        self.recorder = recorder
        self.error = error


@dataclass(slots=True)
class Recorder:
    """Collects the usage and the events of a `recording` block, from any thread of its context.

    Args:
        on_event: Receives each event as it happens.
    """

    on_event: EventSink | None = None
    usage: Usage = field(default_factory=Usage)
    models: list[str] = field(default_factory=list)
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def add(self, usage: Usage, model: str | None = None) -> None:
        """Count what was used, and remember which model answered."""
        with self._lock:
            self.usage += usage
            if model and model not in self.models:
                self.models.append(model)


_RECORDERS: ContextVar[tuple[Recorder, ...]] = ContextVar("openrange_recorders", default=())


@contextmanager
def recording(on_event: EventSink | None = None) -> Iterator[Recorder]:
    """Record what every request in this context uses. Blocks may be nested; each sees all.

    Args:
        on_event: Receives each event, such as `llm_retry`, as it happens.

    Yields:
        The recorder, whose `usage` grows with each request.

    Raises:
        Exception: What `on_event` raises ends the block, and is the caller's own.
    """
    recorder = Recorder(on_event)
    token = _RECORDERS.set((*_RECORDERS.get(), recorder))
    own: Exception | None = None
    try:
        yield recorder
    except SinkError as carried:
        if carried.recorder is not recorder:
            raise
        own = carried.error
    finally:
        _RECORDERS.reset(token)
    if own is not None:
        raise own


def record(usage: Usage, model: str | None = None) -> None:
    """Count what a request used, with every recorder of this context.

    Args:
        usage: What it used.
        model: The model that answered, as the provider names it.
    """
    for recorder in _RECORDERS.get():
        recorder.add(usage, model)


def is_listened_to() -> bool:
    """Whether anybody hears what is announced; else what costs time need not be put together."""
    return any(recorder.on_event is not None for recorder in _RECORDERS.get())


def announce(step: str, data: Mapping[str, object]) -> None:
    """Tell every recorder of this context what happened.

    Args:
        step: What happened, such as `llm_retry`.
        data: Details, as JSON.
    """
    for recorder in _RECORDERS.get():
        if recorder.on_event is None:
            continue
        try:
            recorder.on_event(step, data)
        except Exception as error:  # noqa: BLE001 - unwrapped where the recording ends
            raise SinkError(recorder, error) from None
