"""One behaviour for every backend: how a request is asked, read, repeated and reported.

A backend brings `send`, which makes one request over its transport. Everything that must not
differ between providers happens here.
"""

from __future__ import annotations

import json
import random
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Literal

from openrange.errors import LLMBackendError
from openrange.llm.contract import LLMRequest, LLMResult
from openrange.llm.recording import Usage, announce, record
from openrange.llm.reply import read_object
from openrange.llm.schema import in_words, invalid
from openrange.llm.secrets import Key, redact

Form = Literal["text", "native", "json", "prompt"]
"""How a reply is asked for: as plain text; or as an object, by the provider's structured output
(`native`), by its JSON mode with the schema in the prompt (`json`), or by the prompt alone."""

SCHEMA_FORMS: tuple[Form, ...] = ("native", "json", "prompt")

MAX_MESSAGE = 500


@dataclass(frozen=True, slots=True)
class Ask:
    """One request to put on the wire.

    Args:
        prompt: The user's message.
        system: The system message.
        form: How the reply is asked for.
        schema: The JSON Schema to send; given when `form` is `native`.
    """

    prompt: str
    system: str | None
    form: Form
    schema: dict[str, object] | None = field(default=None, hash=False)

    def as_prompt(self) -> str:
        """System message and prompt as one text, for providers that know no roles."""
        return LLMRequest(self.prompt, self.system).as_prompt()


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back.

    Args:
        text: The text of the reply.
        elsewhere: Other places of the reply in which an object may stand, such as the arguments
            of a tool call; read when `text` holds none.
        finish: Why the model stopped: `length` when it hit a limit, `filter` when the provider
            withheld it, `refusal` when the model declined.
        explanation: The provider's words on a refusal, a filter or an empty reply.
        limit: The setting that a truncated reply would need raised.
        usage: What the request used; its own count of one is added here.
        model: The model that answered, as the provider names it.
    """

    text: str
    elsewhere: tuple[str, ...] = ()
    finish: Literal["stop", "length", "filter", "refusal"] = "stop"
    explanation: str | None = None
    limit: str = "the limit on output tokens"
    usage: Usage = field(default_factory=Usage)
    model: str | None = None


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

    It sends at most `len(forms) + max_retries + max_reasks` requests. A form that the provider does
    not know (`unsupported`) makes room for the next one. A reply that does not conform is asked for
    again with the reason quoted. What is retryable is sent again after a pause, which is announced
    as the event `llm_retry`. Every error names the backend and the model, on one line without a
    key, and leads to no other exception, whose frames might hold one.

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
    failure: LLMBackendError
    try:
        return _Exchange(
            request, send, label, tuple(forms), timeout, max_retries, max_reasks, hidden, memory_key
        ).result()
    except LLMBackendError as error:
        failure = _presentable(error, label, hidden)
    except (KeyboardInterrupt, SystemExit):
        raise
    except BaseException as error:  # noqa: BLE001 - the contract: nothing else leaves `complete`
        failure = _presentable(_foreign(error), label, hidden)
    raise failure


@dataclass(slots=True)
class _Exchange:
    """The requests of one `complete`, with what is left of its allowances."""

    request: LLMRequest
    send: Send
    label: str
    forms: tuple[Form, ...]
    timeout: float | None
    retries: int
    reasks: int
    secrets: tuple[Key, ...]
    memory_key: object
    retried: int = 0

    def result(self) -> LLMResult:
        schema = self.request.json_schema
        if schema is None:
            reply = self._reply(Ask(self.request.prompt, self.request.system, "text"))
            _check_ending(reply)
            if not reply.text.strip():
                raise _empty(reply)
            return LLMResult(reply.text)
        if problem := invalid(schema):
            raise LLMBackendError(problem, kind="rejected")
        if self.memory_key is not None:
            # What is refused may be this one schema, and not schemas.
            self.memory_key = (self.memory_key, json.dumps(schema, sort_keys=True))
        self.forms = _FORMS.known(self.memory_key, self.forms)
        complaint: str | None = None
        while True:
            reply = self._structured_reply(complaint)
            failure: LLMBackendError
            try:
                return LLMResult(*_read(reply, dict(schema)))
            except LLMBackendError as error:
                failure = error
            if self.reasks <= 0 or failure.kind not in ("empty", "not-json", "nonconforming"):
                raise failure
            self.reasks -= 1
            complaint = redact(str(failure), self.secrets)
            announce("llm_reask", {"backend": self.label, "reason": complaint})

    def _structured_reply(self, complaint: str | None) -> Reply:
        """The reply in the strongest form that the provider knows."""
        while True:
            form = self.forms[0]
            refusal: LLMBackendError
            try:
                return self._reply(_ask(self.request, form, complaint))
            except LLMBackendError as error:
                refusal = error
            if refusal.kind != "unsupported" or len(self.forms) == 1:
                raise refusal
            _FORMS.forget(self.memory_key, form)
            self.forms = self.forms[1:]
            announce("llm_fallback", {"backend": self.label, "from": form, "to": self.forms[0]})

    def _reply(self, ask: Ask) -> Reply:
        """One reply, after as many retries as are left."""
        while True:
            failure: LLMBackendError
            try:
                reply = self.send(ask)
            except LLMBackendError as error:
                failure = error
                if failure.kind not in ("not-configured", "connection"):
                    record(Usage(requests=1))
            else:
                reply = self._redacted(reply)
                record(replace(reply.usage, requests=1), reply.model)
                return reply
            pause = self._pause(failure)
            if pause is None:
                raise failure
            self.retries -= 1
            self.retried += 1
            announce(
                "llm_retry",
                {
                    "backend": self.label,
                    "reason": redact(str(failure), self.secrets),
                    "seconds": round(pause, 3),
                    "retries_left": self.retries,
                },
            )
            time.sleep(pause)

    def _pause(self, failure: LLMBackendError) -> float | None:
        """Seconds to wait before the next attempt, or None when there is to be none."""
        if not failure.retryable or self.retries <= 0:
            return None
        if failure.retry_after is not None:
            too_long = self.timeout is not None and failure.retry_after > self.timeout
            return None if too_long else failure.retry_after
        # Exponential backoff with full jitter, so that parallel builds do not return in step.
        return random.uniform(0.5, 1.0) * min(8.0, 0.5 * 2.0**self.retried)  # noqa: S311

    def _redacted(self, reply: Reply) -> Reply:
        # A dummy key, such as "test", is no secret, and may be a word of the reply.
        secrets = [key for key in self.secrets if not key.is_dummy]
        if not secrets:
            return reply
        return replace(
            reply,
            text=redact(reply.text, secrets),
            elsewhere=tuple(redact(text, secrets) for text in reply.elsewhere),
            explanation=redact(reply.explanation or "", secrets) or None,
            model=redact(reply.model or "", secrets) or None,
        )


class _KnownForms:
    """Which forms a provider turned out not to know: the one memory of the process."""

    def __init__(self) -> None:
        self._refused: dict[object, set[Form]] = {}
        self._lock = threading.Lock()

    def known(self, key: object, forms: tuple[Form, ...]) -> tuple[Form, ...]:
        with self._lock:
            refused = self._refused.get(key, set()) if key is not None else set()
            return tuple(form for form in forms if form not in refused) or forms[-1:]

    def forget(self, key: object, form: Form) -> None:
        if key is not None:
            with self._lock:
                self._refused.setdefault(key, set()).add(form)


_FORMS = _KnownForms()


def _ask(request: LLMRequest, form: Form, complaint: str | None) -> Ask:
    assert request.json_schema is not None
    schema = dict(request.json_schema)
    parts = [request.prompt]
    if complaint:
        parts.append(f"An earlier reply was not accepted: {complaint}. Reply again, and mend this.")
    if form != "native" or complaint:
        # After a complaint in any form: some servers take a schema and pay no heed to it.
        parts.append(in_words(schema))
    return Ask("\n\n".join(parts), request.system, form, schema if form == "native" else None)


def _check_ending(reply: Reply) -> None:
    words = f": {reply.explanation}" if reply.explanation else ""
    if reply.finish == "refusal":
        raise LLMBackendError(f"the model refused{words}", kind="refused")
    if reply.finish == "filter":
        raise LLMBackendError(f"a content filter withheld the reply{words}", kind="filtered")
    if reply.finish == "length":
        raise LLMBackendError(f"the reply was cut off; raise {reply.limit}", kind="truncated")


def _read(reply: Reply, schema: dict[str, object]) -> tuple[str, dict[str, object]]:
    """The object in a reply, wherever it stands; the first place's problem when there is none."""
    _check_ending(reply)
    problem: LLMBackendError | None = None
    for text in (reply.text, *reply.elsewhere):
        try:
            return read_object(text, schema)
        except LLMBackendError as error:
            if problem is None or problem.kind == "empty":
                problem = error
    assert problem is not None
    raise _empty(reply) if problem.kind == "empty" else problem


def _empty(reply: Reply) -> LLMBackendError:
    words = f": {reply.explanation}" if reply.explanation else ""
    return LLMBackendError(f"the reply is empty{words}", kind="empty")


def _foreign(error: BaseException) -> LLMBackendError:
    return LLMBackendError(
        f"it failed unexpectedly with {type(error).__name__}: {error}",
        detail=f"{type(error).__name__}: {error}",
    )


def _presentable(error: LLMBackendError, label: str, secrets: tuple[Key, ...]) -> LLMBackendError:
    """A fresh error that says whose it is, on one line without a key, and leads to no frame."""
    line = " ".join(redact(str(error), secrets).split())
    message = f"{label}: {line}"
    if len(message) > MAX_MESSAGE:
        message = message[: MAX_MESSAGE - 1] + "…"
    return LLMBackendError(
        message,
        kind=error.kind,
        status=error.status,
        retryable=error.retryable,
        retry_after=error.retry_after,
        returncode=error.returncode,
        detail=None if error.detail is None else redact(error.detail, secrets),
    )
