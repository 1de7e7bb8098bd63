"""Options as they may be shown: values that JSON knows, without what is or may be a secret."""

from __future__ import annotations

import math
import os
import re
from collections.abc import Collection, Mapping
from dataclasses import fields, is_dataclass

from openrange.llm.secrets import REDACTED, Key, redact
from openrange.llm.settings import is_secret


def to_show(option: str, value: object, keys: Collection[Key]) -> object:
    """What may be shown of an option's value.

    Args:
        option: The option's dotted name.
        value: Its value, of any type.
        keys: What must not be seen.

    Returns:
        A value that JSON knows.
    """
    if isinstance(value, Mapping):
        return {str(name): to_show(f"{option}.{name}", item, keys) for name, item in value.items()}
    if isinstance(value, list | tuple):
        return [to_show(option, item, keys) for item in value]
    if _SECRET.fullmatch(option):
        return REDACTED
    if value is None or isinstance(value, bool | int):
        return value
    if isinstance(value, float) and math.isfinite(value):
        return value
    return redact(re.sub(r"//[^/@\s]*@", f"//{REDACTED}@", str(value)), keys)


def own_keys(backend: object) -> list[Key]:
    """The keys that a backend may send: its secret fields, and the variables that it names.

    Args:
        backend: Any backend.

    Returns:
        The keys that there are.
    """
    if not is_dataclass(backend):
        return []
    values = []
    for item in fields(backend):
        value = getattr(backend, item.name, None)
        if item.name.endswith("_env") and isinstance(value, str):
            value = os.environ.get(value)
        elif not is_secret(item):
            continue
        if isinstance(value, str) and value.strip():
            values.append(Key(value.strip()))
    return values


# A file may hold what is refused only once the backend's class is known.
_SECRET = re.compile(
    r"(.*\.)?(extra_headers|[^.]*(api[_-]?key|access_key|private_key|secret|token|password"
    r"|credentials?|authorization))(\..*)?",
    re.I | re.S,
)
