"""A backend that answers from a queue, and remembers what it was asked."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.recording import Usage, record

Scripted = Mapping[str, object] | str | BaseException | Callable[[LLMRequest], object]
"""An object to answer with; a text; an exception to raise; or a function of the request."""


@dataclass
class ScriptedBackend:
    """Stands in for a backend in tests of what uses one. It checks nothing.

    Args:
        answers: What to answer, in order; each is used once.
        model: The model that each reply names, or None for a backend that has none.
        usage: What each reply costs.
        requests: What was asked, the oldest first.
    """

    answers: list[Scripted]
    model: str | None = None
    usage: Usage = field(default_factory=lambda: Usage(requests=1))
    requests: list[LLMRequest] = field(default_factory=list)

    def complete(self, request: LLMRequest) -> LLMResult:
        """The next answer of the queue.

        Args:
            request: What is asked.

        Returns:
            The answer as a result; or whatever a function among the answers returns.

        Raises:
            AssertionError: The queue is empty.
            BaseException: An exception among the answers.
        """
        self.requests.append(request)
        if not self.answers:
            raise AssertionError(f"ScriptedBackend has no answer left to: {request.prompt[:200]!r}")
        answer = self.answers.pop(0)
        record(self.usage, self.model)
        if isinstance(answer, BaseException):
            raise answer
        if callable(answer):
            return answer(request)  # type: ignore[return-value]
        if isinstance(answer, str):
            return LLMResult(answer)
        return LLMResult(json.dumps(answer), answer)
