"""Backends that lose a key, or let it be seen."""

from __future__ import annotations

from faulty_backends import Edit, Fault, edited, failing, first, method, setting

_HEADERS = 'headers = {"Authorization": f"Bearer {key.value}"}'
_FIELD = "    api_key: str | None = secret()\n"
_ENV = 'api_key_env: str | None = "PLAIN_API_KEY"'
_REQUIRED = 'return require_key("plain", self.api_key, self.api_key_env)'


def _field(instead: str) -> Edit:
    return edited(_FIELD, f"    api_key: str | None = {instead}\n")


_MARKED_WITHOUT_REPR = "dataclasses.field(default=None, metadata={'secret': True})"

FAULTS = (
    Fault(
        "sends-no-key",
        {
            "key-is-sent": "did not get its value",
            "key-is-read-at-each-call": "did not get",
            "given-key-wins": "did not get the right key",
        },
        (edited(_HEADERS, "headers = {}"),),
        why="no key at all is neither the new one nor the given one",
    ),
    Fault(
        "prefers-the-variable",
        {"given-key-wins": "did not get the right key with api_key"},
        (
            edited(_REQUIRED, "return self._found() or " + _REQUIRED.removeprefix("return ")),
            method(
                "def _found(self):\n    from openrange.llm import find_key\n"
                "    return find_key(None, self.api_key_env)\n"
            ),
        ),
    ),
    Fault(
        "shows-the-address-with-the-key",
        {"no-escaped-key": "the key stands in the error, as URLs write it"},
        (
            failing(
                "from urllib.parse import quote\n"
                "failure.args = (f'{failure} (/v1?key={quote(key.value, safe=str())})'"
                ".replace(key.value, '[redacted]'),)"
            ),
        ),
    ),
    Fault(
        "ignores-the-named-variable",
        {"given-key-wins": "did not get the right key with api_key_env"},
        (edited(_REQUIRED, _REQUIRED.replace("self.api_key_env", '"PLAIN_API_KEY"')),),
    ),
    Fault(
        "does-not-name-the-variable",
        {"missing-key": "does not stand in the error"},
        (
            edited(
                _REQUIRED,
                "from openrange import LLMBackendError\n        "
                "import os\n        "
                "if not self.api_key and not os.environ.get(self.api_key_env or ''):\n"
                "            raise LLMBackendError('no key', kind='not-configured')\n        "
                + _REQUIRED,
            ),
        ),
    ),
    Fault(
        "has-no-preflight",
        {"missing-key": "there is no method `preflight`"},
        (edited("def preflight", "def check_first"),),
    ),
    Fault(
        "finds-out-from-the-provider",
        {"missing-key": "`complete` returned LLMResult("},
        (
            edited(
                "        key = self._key()\n",
                "        from openrange.llm import Key, find_key\n"
                "        key = find_key(self.api_key, self.api_key_env) or Key('none')\n",
            ),
        ),
    ),
    Fault(
        "shows-the-key",
        {"no-key-in-repr": "the key stands in the repr"},
        (_field(_MARKED_WITHOUT_REPR),),
    ),
    Fault(
        "does-not-mark-the-key",
        {
            "no-key-in-repr": "the key stands in the repr",
            "no-key-in-pickles": "it was pickled, with the key",
            "keys-stay-out-of-files": "no field is marked as a secret",
        },
        (_field("None"),),
        why="the mark is what keeps it out of all of them",
    ),
    Fault(
        "has-no-field-for-the-variable",
        {"keys-stay-out-of-files": "beside 'api_key' there is no field api_key_env"},
        (
            edited(_ENV, 'key_variable: str | None = "PLAIN_API_KEY"'),
            edited(_REQUIRED, _REQUIRED.replace("api_key_env", "key_variable")),
        ),
    ),
    Fault(
        "repeats-the-key",
        {
            "no-key-in-errors": "the key stands in the message",
            "no-escaped-key": "the key stands in the error, as",
            "no-key-in-replies": "the key stands in the result",
            "no-key-in-events": "the key stands in the events",
        },
        (
            edited("secrets=[key], **limits", "**limits"),
            edited("Call(self.timeout, key)", "Call(self.timeout, None, key.source)"),
        ),
        why="whatever the provider says comes through",
    ),
    Fault(
        "adds-the-key-to-errors",
        {"no-key-in-errors": "the key stands in the fields"},
        (failing("failure.detail = f'asked with {key.value}'"),),
    ),
    Fault(
        "chains-its-errors",
        {"no-key-in-errors": "the error leads to LLMBackendError"},
        (
            failing(
                "raise LLMBackendError(str(failure), kind=failure.kind, status=failure.status, "
                "retryable=failure.retryable, retry_after=failure.retry_after) from failure"
            ),
        ),
    ),
    Fault(
        "holds-the-key-in-a-local-variable",
        {"no-key-in-errors": "the key stands in the traceback"},
        (failing("text = key.value"),),
    ),
    Fault(
        "logs-the-key",
        {"no-key-in-logs": "the key stands in the log"},
        (first("import logging\nlogging.getLogger('x').debug('asking with %s', key.value)"),),
    ),
    Fault(
        "announces-the-key",
        {"no-key-in-events": "the key stands in the events"},
        (first("from openrange.llm import announce\nannounce('asked', {'with': key.value})"),),
    ),
    Fault(
        "pickles-the-key",
        {"no-key-in-pickles": "it was pickled, with the key"},
        (edited("(BackendSettings)", ""),),
    ),
    Fault(
        "keeps-the-variables-value",
        {
            "key-is-read-at-each-call": "did not get",
            "no-key-in-pickles": "the key of the variable stands in the pickle",
        },
        (
            setting("kept: str = dataclasses.field(init=False, repr=False, default='')"),
            method(
                "def __post_init__(self):\n"
                "    import os\n"
                "    kept = os.environ.get(self.api_key_env or '', '')\n"
                "    object.__setattr__(self, 'kept', kept)\n"
            ),
            edited(
                _REQUIRED, _REQUIRED.replace("self.api_key,", "self.api_key or self.kept or None,")
            ),
        ),
        why="what a backend keeps is in its pickle",
    ),
)
