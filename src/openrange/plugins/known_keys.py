"""Every key that is known here, to be kept out of what strangers say."""

from __future__ import annotations

import os
import re

from openrange.llm.environment import every_key
from openrange.llm.secrets import Key
from openrange.plugins.entry_points import DETECT, installed

# What is not secret although it makes a backend the chosen one, and belongs into an error.
_PLACE = re.compile(r"_(URL|BASE|HOST|ENDPOINT)$", re.I)


def known_keys() -> tuple[Key, ...]:
    """The keys of the environment: by their variables' names, or as plugins are detected by them.

    Returns:
        Their values, without dummies, which may stand in any text.
    """
    detecting = {entry.name for entry in installed() if entry.group == DETECT}
    values = (os.environ.get(name, "").strip() for name in detecting if not _PLACE.search(name))
    keys = (*every_key(os.environ), *map(Key, filter(None, values)))
    return tuple(key for key in dict.fromkeys(keys) if not key.is_dummy)
