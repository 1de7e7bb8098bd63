"""Backends that are no values, or do more than the protocol says."""

from __future__ import annotations

from faulty_backends import Fault, above, edited, first, method, setting, then

_DATACLASS = "@dataclass(frozen=True, slots=True)"

FAULTS = (
    Fault(
        "takes-a-temperature",
        {"protocol": "`complete` takes request: "},
        (edited("request: LLMRequest)", "request: LLMRequest, temperature: float = 0.5)"),),
    ),
    Fault(
        "returns-more",
        {"protocol": "`complete` returned Richer"},
        (
            above("class Richer(LLMResult):\n    tokens = 7"),
            then("result = Richer(result.text, result.parsed_json)"),
        ),
    ),
    Fault(
        "needs-the-next-version",
        {
            "contract-version": "`openrange_contract` is 2",
            "registered": "is made for version 2 of the backend contract",
            "configured-by-keys": "is made for version 2 of the backend contract",
            "keys-stay-out-of-files": "is made for version 2 of the backend contract",
            "detected": "is made for version 2 of the backend contract",
        },
        (method("openrange_contract = 2\n"),),
        why="a backend of another version cannot be loaded by its name",
    ),
    Fault(
        "can-be-changed",
        {"frozen": "its field 'base_url' could be set"},
        (edited(_DATACLASS, "@dataclass(slots=True, unsafe_hash=True)"),),
    ),
    Fault(
        "forgets-the-timeout",
        {"equality": "backends with a timeout of 7 and of 8 seconds are equal"},
        (
            edited(
                "timeout: float = 60.0",
                "timeout: float = dataclasses.field(default=60.0, compare=False)",
            ),
        ),
    ),
    Fault(
        "is-its-own-only-equal",
        {
            "equality": "two backends of the same settings differ",
            "pickles": "came back as",
            "configured-by-keys": "came",
        },
        (edited(_DATACLASS, "@dataclass(frozen=True, slots=True, eq=False)"),),
        why="what is pickled, or configured, is compared with what it was",
    ),
    Fault(
        "keeps-the-callers-mapping",
        {"copies-mappings": "a change of the caller's mapping reached its field 'extra'"},
        (
            setting("extra: dict | None = dataclasses.field(default=None, hash=False)"),
            method("def __post_init__(self):\n    pass\n"),
        ),
    ),
    Fault(
        "holds-a-lock",
        {"pickles": "TypeError: cannot pickle '_thread.lock' object"},
        (
            above("import threading"),
            setting(
                "lock: object = "
                "dataclasses.field(default_factory=threading.Lock, init=False, compare=False)"
            ),
        ),
    ),
    Fault(
        "edits-the-schema",
        {"request-untouched": "'minLength': 1"},
        (
            first(
                "if request.json_schema and 'city' in request.json_schema.get('properties', {}):\n"
                "    request.json_schema['properties']['city'].pop('minLength', None)"
            ),
        ),
    ),
    Fault(
        "edits-the-request",
        {"request-untouched": "system=''"},
        (
            first(
                "if request.system == 'Be brief.':\n    object.__setattr__(request, 'system', '')"
            ),
        ),
    ),
    Fault(
        "counts-its-answers",
        {"same-answer": "the same request gave"},
        (
            above("ANSWERS = []"),
            then(
                "ANSWERS.append(1)\n"
                "if request.json_schema:\n"
                "    result = LLMResult(result.text + ' ' * len(ANSWERS), result.parsed_json)"
            ),
        ),
    ),
    Fault(
        "moves-nowhere",
        {"workspace": "`in_workspace` returned None", "world": "instead of LLMBackendError"},
        (method("def in_workspace(self, directory):\n    pass\n"),),
        why="a build moves it as well",
    ),
)

PATCHES = Fault(
    "patches-the-result",
    {"contract-of-others": "a method of LLMResult was replaced"},
    (above("def _brief(result):\n    return result.text\n\n\nLLMResult.__repr__ = _brief"),),
)
"""Whose fault reaches every other backend of the process."""
