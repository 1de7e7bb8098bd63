"""Backends that send again, or wait, where they should not, or do not where they should."""

from __future__ import annotations

from faulty_backends import Fault, edited, failing

_TIMEOUT = "Call(self.timeout, key)"

_URLLIB = """
        import socket, json, urllib.request, urllib.error
        from openrange.llm import timed_out
        from openrange.llm.chat import error_message
        from openrange.llm.failure import connection_failure, http_failure, retry_after_seconds
        headers["Content-Type"] = "application/json"
        asked = urllib.request.Request(url, json.dumps(body).encode(), headers)
        failure = None
        try:
            with urllib.request.urlopen(asked, timeout=self.timeout) as answer:
                reply = json.loads(answer.read())
        except urllib.error.HTTPError as error:
            said = error_message(json.loads(error.read()))
            wait = retry_after_seconds(error.headers.get("Retry-After"))
            failure = http_failure(
                error.code, said, retry_after=wait, key_source=key.source, secrets=[key]
            )
        except TimeoutError:
            failure = timed_out(self.timeout)
        except (OSError, ValueError) as error:
            failure = connection_failure(getattr(error, "reason", error), url)
        if failure is not None:
            raise failure
"""


FAULTS = (
    Fault(
        "never-sends-again",
        {"retries": "`complete` raised LLMBackendError: never-sends-again: HTTP 503"},
        (edited('"max_retries": self.max_retries', '"max_retries": 0'),),
    ),
    Fault(
        "ignores-max-retries",
        {"retries": "with max_retries=0, 4 requests were sent in all"},
        (edited('"max_retries": self.max_retries', '"max_retries": 3'),),
    ),
    Fault(
        "sends-a-wrong-key-again",
        {"no-vain-retries": "after the status 401, 2 requests were sent in all"},
        (
            failing(
                "if failure.status == 401:\n"
                "    return run(request, partial(self._send, key), backend='', secrets=[key])"
            ),
        ),
    ),
    Fault(
        "forgets-when-to-return",
        {"retry-after": "seconds, and `retry_after` is None"},
        (failing("failure.retry_after = None"),),
    ),
    Fault(
        "waits-for-an-hour",
        {"retry-after": "after 8 seconds `complete` had not come back"},
        (failing("import time\ntime.sleep(failure.retry_after or 0)"),),
    ),
    Fault(
        "has-no-deadline",
        {
            "deadline": "with a timeout of 0.5 seconds it came back after",
            "deadline-of-drips": "with a timeout of 0.5 seconds it came back after",
        },
        (edited(_TIMEOUT, "Call(9.0, key)"),),
        why="a drip that nobody ends is a hang",
    ),
    Fault(
        "measures-pauses",
        {"deadline-of-drips": "and did not fail"},
        (
            edited(
                f'        reply = call_json("POST", url, body, {_TIMEOUT}, headers=headers)\n',
                _URLLIB.lstrip("\n"),
            ),
        ),
    ),
    Fault(
        "calls-a-timeout-an-error",
        {"deadline": "`kind` is 'error'", "deadline-of-drips": "`kind` is 'error'"},
        (failing("if failure.kind == 'timeout':\n    failure.kind = 'error'"),),
        why="both look at the kind",
    ),
)
