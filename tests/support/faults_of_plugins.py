"""Backends that are not found by their name, or cannot be set up by it."""

from __future__ import annotations

from faulty_backends import Edit, Fault, edited, method, setting

_DATACLASS = "@dataclass(frozen=True, slots=True)"
_NO_SUCH_NAME = "there is no backend"
_BY_NAME = ("registered", "configured-by-keys", "keys-stay-out-of-files", "detected")


def _constructor(parameters: str) -> tuple[Edit, ...]:
    """A constructor that is written by hand."""
    return (
        edited(_DATACLASS, "@dataclass(frozen=True, slots=True, init=False)"),
        method(
            "def __init__(\n"
            "    self,\n"
            "    base_url: str = 'https://api.plain.example/v1',\n"
            "    model: str = 'plain-1',\n"
            "    api_key: str | None = None,\n"
            '    api_key_env: str | None = "PLAIN_API_KEY",\n'
            f"    {parameters}\n"
            "):\n"
            "    for name, value in list(locals().items()):\n"
            "        if name in PlainBackend.__dataclass_fields__:\n"
            "            object.__setattr__(self, name, value)\n"
        ),
    )


_REST = "timeout: float = 60.0, max_retries: int = 2"

FAULTS = (
    Fault(
        "is-not-registered",
        dict.fromkeys(_BY_NAME, _NO_SUCH_NAME),
        (),
        why="whatever goes by its name fails with it",
        registered_as="some-other-name",
    ),
    Fault(
        "registers-no-variable",
        {"detected": "its distribution registers no variable for it"},
        (),
        detected_by="",
    ),
    Fault(
        "suggests-an-unknown-field",
        {"detected": "has no option 'modle' (did you mean 'model'?)"},
        (
            method(
                "@classmethod\n"
                "@__import__('openrange').hookimpl\n"
                "def openrange_environment(cls, variable):\n"
                "    return {'modle': 'plain-2'} if variable else {}\n"
            ),
        ),
    ),
    Fault(
        "has-a-hook-that-returns-a-number",
        {"detected": "its hook openrange_environment failed", "configured-by-keys": "its hook"},
        (
            method(
                "@classmethod\n"
                "@__import__('openrange').hookimpl\n"
                "def openrange_environment(cls):\n"
                "    return 7\n"
            ),
        ),
        why="the hook is asked wherever the backend is set up by its name",
    ),
    Fault(
        "cannot-be-made-of-a-variable",
        {"detected": "needs the option 'base_url'"},
        (
            edited(
                '    base_url: str = "https://api.plain.example/v1"\n    model: str = "plain-1"\n',
                '    base_url: str\n    model: str = "plain-1"\n',
            ),
        ),
    ),
    Fault(
        "is-typed-wrongly",
        {"configured-by-keys": "base_url must be"},
        (edited("base_url: str =", "base_url: int ="),),
    ),
    Fault(
        "takes-anything",
        {"named-fields": "its constructor takes **others"},
        _constructor(f"{_REST}, **others"),
    ),
    Fault(
        "has-a-field-without-a-type",
        {"named-fields": "its field 'max_retries' has no type"},
        _constructor("timeout: float = 60.0, max_retries=2"),
    ),
    Fault(
        "has-a-field-named-backend",
        {"named-fields": "it has a field 'backend'"},
        (setting('backend: str = ""'),),
    ),
    Fault(
        "has-a-type-that-nobody-knows",
        {"named-fields": "its annotations cannot be evaluated"},
        (edited("timeout: float", "timeout: 'Seconds'"),),
    ),
)
