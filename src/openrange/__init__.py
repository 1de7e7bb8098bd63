"""OpenRange builds admitted worlds for agents: environments whose task has been proved solvable.

Every public name stands in the stub beside this file, and is imported when it is first used.
"""

from __future__ import annotations

import sys

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any


class _Package(type(sys)):  # type: ignore[misc]
    """This package, in which the function `build` is not displaced by the module of its name."""

    def __setattr__(self, name: str, value: object) -> None:
        if name != "build" or value is not sys.modules.get("openrange.build"):
            super().__setattr__(name, value)


sys.modules[__name__].__class__ = _Package

_PLUGIN_CLASSES = {"LiteLLMBackend": "litellm"}


def _public() -> list[str]:
    """The public names, of which a plugin's class is one while the plugin is installed."""
    from openrange.lazy import attached
    from openrange.plugins.groups import BACKEND
    from openrange.plugins.registry import Plugins

    plugins = Plugins()
    present = [
        name for name, backend in _PLUGIN_CLASSES.items() if plugins.claims(BACKEND, backend)
    ]
    return sorted([*attached(__name__, __file__)[1], *present])


def __dir__() -> list[str]:
    return _public()


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return _public()
    if name in _PLUGIN_CLASSES:
        globals()[name] = _plugin_class(_PLUGIN_CLASSES[name])
        return globals()[name]
    from openrange.lazy import attached

    load, own = attached(__name__, __file__)
    if name in own:
        return load(name)
    raise AttributeError(f"module 'openrange' has no attribute {name!r}")


def _plugin_class(backend: str) -> type:
    from openrange.errors import BackendImportError, BackendNotFoundError
    from openrange.plugins.groups import BACKEND
    from openrange.plugins.registry import Plugins

    try:
        return Plugins().load(BACKEND, backend)
    except BackendNotFoundError as error:
        problem = str(error)
    raise BackendImportError(problem)
