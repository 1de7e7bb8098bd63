"""One behaviour for every backend: how a request is asked, read, repeated and reported.

A backend brings `send`, which makes one request over its transport. Everything that must not
differ between providers happens here.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.forms import SCHEMA_FORMS, Ask, Form, Forms
from openrange.llm.recording import SinkError, Usage, announce, is_listened_to, record
from openrange.llm.reply import Reply, object_of, text_of
from openrange.llm.retry import Retries, wait
from openrange.llm.schema import invalid
from openrange.llm.secrets import Key, redact
from openrange.llm.text import presentable, raised

MAX_MESSAGE = 500
_MAX_DETAIL = 2_000

Send = Callable[[Ask], Reply]
"""Makes one request, within its deadline; raises `LLMBackendError` when it fails."""


def run(
    request: LLMRequest,
    send: Send,
    *,
    backend: str,
    model: str | None = None,
    forms: Sequence[Form] = SCHEMA_FORMS,
    timeout: float | None = None,
    max_retries: int = 0,
    max_reasks: int = 1,
    secrets: Iterable[Key | None] = (),
    memory_key: object = None,
) -> LLMResult:
    """Answer a request by way of `send`, as the contract of backends demands.

    It sends at most `len(forms) + max_retries + max_reasks` requests, and one more for each part of
    a request, such as the system role, that the provider refuses by name. A form that it does not
    know (`unsupported`) makes room for the next one. A reply that does not conform is asked for
    again with the reason quoted, and where the provider itself found so, in a weaker form at last.
    What is retryable is sent again after a pause. All three are announced, as the events
    `llm_fallback`, `llm_reask` and `llm_retry`. Every error names the backend and the model, on one
    line without a key, and leads to no other exception, whose frames might hold one.

    Args:
        request: What to ask.
        send: Makes one request.
        backend: The backend's name, for errors and events.
        model: The model's name, for errors and events.
        forms: The ways to ask for an object that the provider may know, the strongest first.
        timeout: Seconds that one attempt may take; a provider that asks to wait longer than this
            is not waited for.
        max_retries: How often a request that failed is sent again.
        max_reasks: How often a reply that does not conform is asked for again.
        secrets: Keys to remove from every text that comes back.
        memory_key: Names the endpoint and model whose refusal of a form is worth remembering for
            the rest of the process; None remembers nothing.

    Returns:
        The result, which conforms to the request's schema if there is one.

    Raises:
        LLMBackendError: For every failure.
    """
    hidden = tuple(key for key in secrets if key is not None)
    label = f"{backend} ({model})" if model else backend
    exchange = _Exchange(send, label, Retries(max_retries, timeout), hidden)
    failure: LLMBackendError
    try:
        return _answered(request, exchange, tuple(forms), max_reasks, memory_key)
    except LLMBackendError as error:
        failure = _told(error, label, hidden)
    except (KeyboardInterrupt, SystemExit, SinkError):
        raise
    except BaseException as error:  # noqa: BLE001 - the contract: nothing else leaves `complete`
        said = raised(error, _MAX_DETAIL, hidden)
        foreign = LLMBackendError(f"it failed unexpectedly with {said}", detail=said)
        failure = _told(foreign, label, hidden)
    raise failure


def _answered(
    request: LLMRequest,
    exchange: _Exchange,
    offered: tuple[Form, ...],
    reasks: int,
    memory_key: object,
) -> LLMResult:
    """The result, in the strongest form that the provider knows."""
    schema = request.json_schema
    if schema is not None and (problem := invalid(schema)):
        raise LLMBackendError(problem, kind="rejected")
    forms = Forms(request, offered, memory_key)
    complaint: str | None = None
    while True:
        failure: LLMBackendError
        try:
            reply = exchange.reply(forms.ask(complaint))
            return LLMResult(text_of(reply)) if schema is None else _object(reply, schema)
        except LLMBackendError as error:
            failure = error
        form = forms.strongest
        words = f"{failure} {failure.detail or ''}"
        if failure.kind == "unsupported" and (left := forms.give_up(words)):
            exchange.announce("llm_fallback", {"from": left, "to": forms.strongest})
        elif schema is None or failure.kind not in ("empty", "not-json", "nonconforming"):
            raise failure
        elif reasks > 0:
            reasks -= 1
            complaint = redact(str(failure), exchange.secrets)
            exchange.announce("llm_reask", {"reason": complaint})
        elif failure.status is not None and forms.weaken():  # the provider's own judgement
            exchange.announce("llm_fallback", {"from": form, "to": forms.strongest})
        else:
            raise failure


def _object(reply: Reply, schema: Mapping[str, object]) -> LLMResult:
    return LLMResult(*object_of(reply, schema))


@dataclass(slots=True)
class _Exchange:
    """The requests of one `complete`, with the repetitions that are left."""

    send: Send
    label: str
    retries: Retries
    secrets: tuple[Key, ...]

    def reply(self, ask: Ask) -> Reply:
        """One reply, after as many retries as are left."""
        while True:
            failure: LLMBackendError
            if is_listened_to():
                self._announce_request(ask)
            try:
                reply = self.send(ask)
            except LLMBackendError as error:
                failure = error
                if failure.kind not in ("not-configured", "connection"):
                    record(Usage(requests=1))
            else:
                reply = self._redacted(reply)
                record(replace(reply.usage, requests=1), reply.model)
                if is_listened_to():
                    said = {"text": reply.text, "finish": reply.finish, "model": reply.model}
                    self.announce("llm_reply", {**said, "usage": reply.usage.to_mapping()})
                return reply
            pause = self.retries.pause(failure)
            if pause is None:
                raise failure
            reason = redact(str(failure), self.secrets)
            facts = {"seconds": round(pause, 3), "retries_left": self.retries.left}
            self.announce("llm_retry", {"reason": reason, **facts})
            wait(pause)

    def _announce_request(self, ask: Ask) -> None:
        schema = None if ask.schema is None else json.dumps(ask.schema)
        asked = {"system": ask.system, "prompt": ask.prompt, "schema": schema}
        texts = {name: redact(text or "", self.secrets) for name, text in asked.items()}
        left_out = sorted(ask.without)
        self.announce("llm_request", {"form": ask.form, **texts, "without": left_out})

    def announce(self, step: str, data: dict[str, object]) -> None:
        announce(step, {"backend": self.label, **data})

    def _redacted(self, reply: Reply) -> Reply:
        # A dummy key, such as "test", is no secret, and may be a word of the reply.
        secrets = [key for key in self.secrets if not key.is_dummy]
        if not secrets:
            return reply
        return replace(
            reply,
            text=redact(reply.text, secrets),
            elsewhere=tuple(redact(text, secrets) for text in reply.elsewhere),
            thoughts=tuple(redact(text, secrets) for text in reply.thoughts),
            explanation=redact(reply.explanation or "", secrets) or None,
            model=redact(reply.model or "", secrets) or None,
        )


def _told(error: LLMBackendError, label: str, secrets: tuple[Key, ...]) -> LLMBackendError:
    """A fresh error that says whose it is, on one line without a key, and leads to no frame."""
    said = presentable(str(error), max(80, MAX_MESSAGE - len(label) - 2), secrets)
    return LLMBackendError(
        f"{label}: {said}",
        kind=error.kind,
        status=error.status,
        retryable=error.retryable,
        retry_after=error.retry_after,
        returncode=error.returncode,
        detail=None if error.detail is None else redact(error.detail, secrets),
    )
