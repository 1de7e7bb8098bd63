"""The environment of a local program: without the keys that are none of its business."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

_SECRET_NAME = re.compile(
    r"(_API_?KEY|_ACCESS_KEY(_ID)?|_SECRET(_KEY|_ACCESS_KEY)?|_(AUTH|BEARER|SESSION|API|ACCESS)_TOKEN"
    r"(_[A-Z0-9]+)?|^(GITHUB|GH|HF|NPM)_TOKEN|_PASSWORD|_CREDENTIALS|_PAT)$"
)
_OWN = ("CODEX_", "OPENAI_")


def without_foreign_keys(environ: Mapping[str, str], kept_in: Iterable[str] = ()) -> dict[str, str]:
    """An environment without the variables whose names say that they hold a key.

    Args:
        environ: The environment to copy.
        kept_in: Settings of the program; a variable that one of them names is kept, because the
            user told the program to use it.

    Returns:
        The variables to pass on.
    """
    named = " ".join(kept_in)
    return {
        name: value
        for name, value in environ.items()
        if not _SECRET_NAME.search(name.upper())
        or name.startswith(_OWN)
        or re.search(rf"(?<!\w){re.escape(name)}(?!\w)", named)
    }
