"""The environment of a local program: without the keys that are none of its business."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from openrange.llm.secrets import Key

# Also with something after it: AWS_ACCESS_KEY_ID, AWS_BEARER_TOKEN_BEDROCK, MY_API_KEY_2.
_SECRET_NAME = re.compile(
    r"((^|_|API)KEYS?|(^|_)(TOKEN|SECRET|CREDENTIALS?|PAT|JWT)|PASSWORD|PASSWD|_PWD)(_[A-Z0-9]+)?$"
)


def without_foreign_keys(
    environ: Mapping[str, str], own: tuple[str, ...], kept_in: Iterable[str] = ()
) -> dict[str, str]:
    """An environment without the variables whose names say that they hold a key.

    Args:
        environ: The environment to copy.
        own: How the names of the program's own variables begin, which are kept.
        kept_in: Settings of the program; a variable that one of them names is kept, because the
            user told the program to use it.

    Returns:
        The variables to pass on.
    """
    named = " ".join(kept_in)
    return {
        name: value
        for name, value in environ.items()
        if not _holds_a_key(name)
        or name.startswith(own)
        or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", named)
    }


def own_keys(
    environ: Mapping[str, str], own: tuple[str, ...], kept_in: Iterable[str] = ()
) -> tuple[Key, ...]:
    """The keys that the program does get, to be kept out of what it says.

    Args:
        environ: The environment of which the program gets a part.
        own: How the names of the program's own variables begin.
        kept_in: Settings of the program.

    Returns:
        The values of the variables that are passed on although they hold a key.
    """
    passed_on = without_foreign_keys(environ, own, kept_in)
    values = (value.strip() for name, value in passed_on.items() if _holds_a_key(name))
    return tuple(Key(value) for value in values if value)


def every_key(environ: Mapping[str, str]) -> tuple[Key, ...]:
    """The keys in an environment, judged by the names of the variables.

    Args:
        environ: The environment.

    Returns:
        Their values, without dummies, which may stand in any text.
    """
    keys = (Key(value.strip()) for name, value in environ.items() if _holds_a_key(name))
    return tuple(key for key in keys if not key.is_dummy)


def _holds_a_key(name: str) -> bool:
    return bool(_SECRET_NAME.search(name.upper()))
