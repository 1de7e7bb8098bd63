"""The rules on failures: what an error carries, when a request is sent again, and for how long."""

from __future__ import annotations

import json
import time

import pytest

from openrange.testing.rules import broken, rule
from openrange.testing.script import Turn
from openrange.testing.stage import GOOD, OBJECT, PLAIN, STRUCTURED, Stage

_FAILURE = (
    "raise `openrange.llm.http_failure(status, message, key_source=...)` in `_send`, or "
    "`LLMBackendError(message, kind=..., status=..., retryable=...)`"
)
_PASSING = {429, 500, 502, 503}
_DEADLINE = 0.5
_PATIENCE = 8.0  # far more than a slow machine needs
_FOREVER = 15.0


class Failures(Stage):
    """Errors and their fields, the deadline, and retries."""

    @rule(
        "provider-errors",
        "A failure of the provider is an LLMBackendError that gives the provider's words.",
        _FAILURE,
    )
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 503])
    def test_provider_errors(self, status: int) -> None:
        self.script.play(Turn("the parrot is asleep", status=status))
        error = self.failure(PLAIN)
        if "the parrot is asleep" not in str(error):
            broken(f"the provider said 'the parrot is asleep', and the error {str(error)!r}")

    @rule(
        "errors-in-a-success",
        "An error in the body of a success, as gateways send it, is an LLMBackendError that gives "
        "its words, and is judged by its own code.",
        "read the response with `openrange.llm.read_completion`, or raise what "
        "`openrange.llm.carried_failure(document)` returns",
    )
    @pytest.mark.parametrize(
        ("code", "type_"), [(429, "rate_limit_error"), (401, "authentication_error")]
    )
    def test_errors_in_a_success(self, code: int, type_: str) -> None:
        error = {"message": "the parrot is asleep", "type": type_, "code": code}
        self.script.play(Turn(body=json.dumps({"type": "error", "error": error}).encode()))
        failure = self.failure(PLAIN)
        if "the parrot is asleep" not in str(failure):
            broken(f"the provider said 'the parrot is asleep', and the error {str(failure)!r}")
        if failure.retryable is not (code in _PASSING):
            broken(f"for the code {code} in the body, `retryable` is {failure.retryable!r}")

    @rule("status", "An error carries the provider's status in `status`.", _FAILURE)
    @pytest.mark.parametrize("status", [400, 401, 404, 429, 500, 503])
    def test_status(self, status: int) -> None:
        self.script.play(Turn("no", status=status))
        error = self.failure(PLAIN)
        if error.status != status:
            broken(f"the provider answered {status}, and `status` is {error.status!r}")

    @rule(
        "returncode",
        "An error carries the exit status of a local program, or else the provider's status, in "
        "`returncode`.",
        "pass `returncode=` (it defaults to `status`)",
    )
    def test_returncode(self) -> None:
        self.script.play(Turn("no", status=500))
        error = self.failure(PLAIN)
        if not error.returncode:
            broken(f"`returncode` is {error.returncode!r}")

    @rule(
        "retryable",
        "`retryable` is True where the same request may succeed later (429, 5xx, no connection), "
        "and False where it cannot (400, 401, 403, 404).",
        _FAILURE,
    )
    @pytest.mark.parametrize("status", [400, 401, 403, 404, 429, 500, 502, 503])
    def test_retryable(self, status: int) -> None:
        self.script.play(Turn("no", status=status))
        error = self.failure(PLAIN)
        if error.retryable is not (status in _PASSING):
            broken(f"for the status {status}, `retryable` is {error.retryable!r}")

    @rule(
        "error-message",
        "The message of an error is one line that names the backend.",
        "answer by way of `openrange.llm.run(..., backend=NAME)`, which prefixes the name",
    )
    def test_error_message(self) -> None:
        self.script.play(Turn("no\nroom\r\nleft", status=404))
        message = str(self.failure(PLAIN))
        if len(message.splitlines()) != 1:
            broken(f"the message is {message!r}")
        if self.name not in message:
            broken(f"{self.name!r} does not stand in the message {message!r}")

    @rule(
        "broken-connection",
        "A connection that breaks is a retryable LLMBackendError.",
        "raise `openrange.llm.connection_failure(...)`, or use `openrange.llm.call_json`",
    )
    def test_broken_connection(self) -> None:
        self.script.play(Turn(drops=True))
        error = self.failure(PLAIN)
        if error.retryable is not True:
            broken(f"`retryable` is {error.retryable!r}, of the error {str(error)!r}")

    @rule(
        "retries",
        "What fails for a passing reason is sent again; where there is a field `max_retries`, it "
        "says how often.",
        "pass `max_retries=` to `openrange.llm.run`, and mark passing failures `retryable`",
    )
    def test_retries(self) -> None:
        self.script.play(Turn("busy", status=503, retry_after=0), GOOD)
        result = self.answer(STRUCTURED)
        if result.parsed_json != OBJECT:
            broken(f"after the second try it returned {result.parsed_json!r}")
        for allowed in (0, 2) if self.has_field("max_retries") else ():
            self.script.play(Turn("busy", status=503, retry_after=0))
            self.failure(PLAIN, self.make(max_retries=allowed))
            if len(self.sent) != allowed + 1:
                broken(f"with max_retries={allowed}, {len(self.sent)} requests were sent in all")

    @rule(
        "no-vain-retries",
        "What cannot succeed is sent once: a wrong key, an unknown model.",
        "leave `retryable` False for these, and switch off the retries of a client library",
    )
    @pytest.mark.parametrize("status", [401, 404])
    def test_no_vain_retries(self, status: int) -> None:
        self.script.play(Turn("no", status=status))
        self.failure(PLAIN, self.make())
        if len(self.sent) != 1:
            broken(f"after the status {status}, {len(self.sent)} requests were sent in all")

    @rule(
        "retry-after",
        "An error carries the seconds that the provider asks to wait in `retry_after`, and a wait "
        "longer than `timeout` is not waited for.",
        "pass `retry_after=openrange.llm.retry_after_seconds(header)` to the error, and "
        "`timeout=` to `openrange.llm.run`",
    )
    def test_retry_after(self) -> None:
        self.script.play(Turn("busy", status=429, retry_after=20))
        error = self.failure(PLAIN, self.make(timeout=5.0), _PATIENCE)
        if error.retry_after != 20:
            broken(f"the provider asks for 20 seconds, and `retry_after` is {error.retry_after}")
        if len(self.sent) != 1:
            broken(f"{len(self.sent)} requests were sent, although the provider asks to wait")

    @rule(
        "deadline",
        "`timeout` is the time in seconds that one attempt may take; then it fails with an "
        "LLMBackendError of kind 'timeout', which is retryable.",
        "run the request in `openrange.llm.within(timeout, ...)`; `openrange.llm.call_json` does",
    )
    def test_deadline(self) -> None:
        self._fails_in_time(Turn("late", hangs=_FOREVER))

    @rule(
        "deadline-of-drips",
        "`timeout` ends an attempt also while bytes still drip in: it is wall-clock time, and not "
        "the pause between two of them.",
        "run the request in `openrange.llm.within(timeout, ...)`; `openrange.llm.call_json` does",
    )
    def test_deadline_of_drips(self) -> None:
        self._fails_in_time(Turn("drop by drop" * 10, drips=0.03))

    def _fails_in_time(self, turn: Turn) -> None:
        self.script.play(turn)
        started = time.monotonic()
        error = self.failure(PLAIN, self.once(timeout=_DEADLINE))
        taken = time.monotonic() - started
        if taken > _PATIENCE:
            broken(f"with a timeout of {_DEADLINE} seconds it came back after {taken:.1f}")
        if error.kind != "timeout" or error.retryable is not True:
            broken(f"`kind` is {error.kind!r}, `retryable` {error.retryable!r}: {error}")
