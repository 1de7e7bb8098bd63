"""Backends whose errors are wrong."""

from __future__ import annotations

from faulty_backends import Edit, Fault, edited, failing


def _instead(condition: str, code: str) -> Edit:
    """Other errors in place of some."""
    return failing(f"if {condition}:\n    {code}")


FAULTS = (
    Fault(
        "hides-the-providers-words",
        dict.fromkeys(
            ("provider-errors", "errors-in-a-success"),
            "the provider said 'the parrot is asleep', and the error",
        ),
        (_instead("failure.status == 429", "failure.args = ('provider-errors: no',)"),),
        why="its words are hidden wherever they stand",
    ),
    Fault(
        "takes-every-error-in-a-reply-for-final",
        {"errors-in-a-success": "for the code 429 in the body, `retryable` is False"},
        (
            edited(
                "        return read_completion(reply)",
                "        if isinstance(reply, dict) and isinstance(reply.get('error'), dict):\n"
                "            from openrange import LLMBackendError\n"
                "            raise LLMBackendError(reply['error']['message'], kind='server')\n"
                "        return read_completion(reply)",
            ),
        ),
    ),
    Fault(
        "forgets-the-status",
        {"status": "the provider answered 400, and `status` is None"},
        (failing("failure.status = None"),),
    ),
    Fault(
        "calls-every-failure-500",
        {"status": "the provider answered 400, and `status` is 500"},
        (_instead("failure.status", "failure.status = 500"),),
    ),
    Fault(
        "returns-code-zero",
        {"returncode": "`returncode` is 0"},
        (failing("failure.returncode = 0"),),
    ),
    Fault(
        "gives-up-on-500",
        {"retryable": "for the status 500, `retryable` is False"},
        (_instead("failure.status == 500", "failure.retryable = False"),),
    ),
    Fault(
        "thinks-that-400-will-pass",
        {"retryable": "for the status 400, `retryable` is True"},
        (_instead("failure.status == 400", "failure.retryable = True"),),
    ),
    Fault(
        "says-retryable-in-words",
        {"retryable": "`retryable` is 'yes'"},
        (_instead("failure.status == 502", "failure.retryable = 'yes'"),),
    ),
    Fault(
        "writes-two-lines",
        {"error-message": "the message is "},
        (failing("failure.args = (f'{failure}\\n  see the documentation',)"),),
    ),
    Fault(
        "is-anonymous",
        {"error-message": "'is-anonymous' does not stand in the message"},
        (edited('backend="plain"', 'backend="a backend"'),),
    ),
    Fault(
        "gives-up-on-connections",
        {"broken-connection": "`retryable` is False"},
        (_instead("failure.kind == 'connection'", "failure.retryable = False"),),
    ),
    Fault(
        "lets-oserror-out",
        {"broken-connection": "`complete` raised ConnectionError: gone"},
        (_instead("failure.kind == 'connection'", "failure = ConnectionError('gone')"),),
    ),
    Fault(
        "asks-elsewhere",
        {"works": "the path is /v1/chat/completions, and not /v1/completions"},
        # Without a retry: each rule would wait for two.
        (
            edited("/chat/completions", "/completions"),
            edited("max_retries: int = 2", "max_retries: int = 0"),
        ),
    ),
    Fault(
        "is-asynchronous",
        dict.fromkeys(("works", "protocol"), "`complete` is a coroutine function"),
        (edited("def complete", "async def complete"),),
        why="it answers nothing",
    ),
)
