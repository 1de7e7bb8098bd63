"""A backend that answers from a queue, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.recording import Usage, record

Answer = Mapping[str, object] | BaseException | Callable[[LLMRequest], object]


@dataclass
class QueuedBackend:
    """Each answer is a design; an exception to raise; or a function of the request.

    Args:
        answers: What to answer, in order.
        model: The model that each reply names, or None for a backend that has none.
        usage: What each reply costs.
        requests: What was asked.
    """

    answers: list[Answer]
    model: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))
    requests: list[LLMRequest] = field(default_factory=list)

    def complete(self, request: LLMRequest) -> LLMResult:
        """The next answer of the queue."""
        self.requests.append(request)
        answer = self.answers.pop(0)
        record(self.usage, self.model)
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            return answer(request)  # type: ignore[return-value]
        return LLMResult(json.dumps(answer), answer)
