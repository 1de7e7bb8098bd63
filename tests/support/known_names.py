"""What the core knows of the plugin, written down from the plugin's own table.

Run as a program, it writes the file anew.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from openrange_litellm.providers import (
    BARE_NAMES,
    DEFAULT_MODELS,
    DEFAULT_MODELS_BY_PLACE,
    PROVIDERS,
    provider_called,
)

FILE = Path(__file__).parents[2] / "src" / "openrange" / "plugins" / "known_plugins.json"


def known_names() -> dict[str, Any]:
    """The whole document, of which all but names and variables stays as it is.

    Returns:
        What the file has to hold.
    """
    document: dict[str, Any] = json.loads(FILE.read_text("utf-8"))
    defaults = {**DEFAULT_MODELS, **DEFAULT_MODELS_BY_PLACE}
    models: dict[str, str] = {}
    for model in filter(None, defaults.values()):
        models.setdefault(model.partition("/")[0], model)
    places: dict[str, list[str]] = {}
    for variable, model in DEFAULT_MODELS_BY_PLACE.items():
        name = (model or variable.removesuffix("_API_BASE").lower()).partition("/")[0]
        places.setdefault(name, []).append(variable)
    document["bare"] = dict(BARE_NAMES)
    plugin = document["plugins"]["openrange-litellm"]
    plugin["variables"] = list(defaults)
    plugin["providers"] = {
        name: {
            "variables": [
                *provider_called(name).variables,
                *provider_called(name).instead,
                *places.get(name, ()),
            ],
            "model": models.get(name),
        }
        for name in sorted(PROVIDERS)
        if provider_called(name).way != "device"
    }
    return document


if __name__ == "__main__":
    FILE.write_text(json.dumps(known_names(), indent=2) + "\n", "utf-8")
