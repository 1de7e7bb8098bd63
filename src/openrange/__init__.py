"""OpenRange builds admitted worlds for agents: environments whose task has been proved solvable.

Every public name is here, and is imported when it is first used.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:  # explicit aliases, so that type checkers see them as exported
    from openrange.backends.codex import CodexBackend as CodexBackend
    from openrange.backends.offline import OfflineBackend as OfflineBackend
    from openrange.backends.openai_compatible import (
        OpenAICompatibleBackend as OpenAICompatibleBackend,
    )
    from openrange.build import build as build
    from openrange.configure.resolver import available_backends as available_backends
    from openrange.configure.resolver import resolve_backend as resolve_backend
    from openrange.core.admission import AdmissionReport as AdmissionReport
    from openrange.core.manifest import Manifest as Manifest
    from openrange.core.manifest import PackRef as PackRef
    from openrange.core.pack import Pack as Pack
    from openrange.core.pack import Realization as Realization
    from openrange.core.pack import Task as Task
    from openrange.core.snapshot import Snapshot as Snapshot
    from openrange.core.store import SnapshotStore as SnapshotStore
    from openrange.errors import AdmissionError as AdmissionError
    from openrange.errors import BackendNotFoundError as BackendNotFoundError
    from openrange.errors import ConfigError as ConfigError
    from openrange.errors import LLMBackendError as LLMBackendError
    from openrange.errors import LLMError as LLMError
    from openrange.errors import LLMRequestError as LLMRequestError
    from openrange.errors import ManifestError as ManifestError
    from openrange.errors import OpenRangeError as OpenRangeError
    from openrange.errors import PackError as PackError
    from openrange.errors import StoreError as StoreError
    from openrange.llm.contract import LLMBackend as LLMBackend
    from openrange.llm.contract import LLMRequest as LLMRequest
    from openrange.llm.contract import LLMResult as LLMResult
    from openrange.llm.reply import parse_json_object as parse_json_object
    from openrange.llm.workspace import complete_with_pack_dir as complete_with_pack_dir
    from openrange.play.episode import Episode as Episode
    from openrange.play.episode import EpisodeReport as EpisodeReport
    from openrange.plugins.hookspecs import hookimpl as hookimpl
    from openrange.worlds.visitor import Page as Page
    from openrange.worlds.visitor import Visitor as Visitor

_HOMES = {
    "openrange.backends.codex": ["CodexBackend"],
    "openrange.backends.offline": ["OfflineBackend"],
    "openrange.backends.openai_compatible": ["OpenAICompatibleBackend"],
    "openrange.build": ["build"],
    "openrange.core.admission": ["AdmissionReport"],
    "openrange.play.episode": ["Episode", "EpisodeReport"],
    "openrange.core.manifest": ["Manifest", "PackRef"],
    "openrange.core.pack": ["Pack", "Realization", "Task"],
    "openrange.core.snapshot": ["Snapshot"],
    "openrange.core.store": ["SnapshotStore"],
    "openrange.worlds.visitor": ["Page", "Visitor"],
    "openrange.errors": [
        "AdmissionError",
        "BackendNotFoundError",
        "ConfigError",
        "LLMBackendError",
        "LLMError",
        "LLMRequestError",
        "ManifestError",
        "OpenRangeError",
        "PackError",
        "StoreError",
    ],
    "openrange.plugins.hookspecs": ["hookimpl"],
    "openrange.llm.contract": ["LLMBackend", "LLMRequest", "LLMResult"],
    "openrange.llm.reply": ["parse_json_object"],
    "openrange.llm.workspace": ["complete_with_pack_dir"],
    "openrange.configure.resolver": ["available_backends", "resolve_backend"],
}
_HOME_OF = {name: module for module, names in _HOMES.items() for name in names}
_PLUGIN_CLASSES = {"LiteLLMBackend": "litellm"}


def _public() -> list[str]:
    """The public names, of which a plugin's class is one while the plugin is installed."""
    from openrange.plugins.entry_points import BACKENDS
    from openrange.plugins.registry import Plugins

    plugins = Plugins()
    present = [
        name for name, backend in _PLUGIN_CLASSES.items() if plugins.claims(BACKENDS, backend)
    ]
    return sorted([*_HOME_OF, *present])


def __dir__() -> list[str]:
    return sorted({*globals(), *_public()} - {"TYPE_CHECKING", "Any", "annotations", "importlib"})


def __getattr__(name: str) -> Any:
    if name == "__all__":
        return _public()
    if name in _HOME_OF:
        value: Any = getattr(importlib.import_module(_HOME_OF[name]), name)
    elif name in _PLUGIN_CLASSES:
        value = _plugin_class(_PLUGIN_CLASSES[name])
    else:
        raise AttributeError(f"module 'openrange' has no attribute {name!r}")
    globals()[name] = value
    return value


def _plugin_class(backend: str) -> type:
    from openrange.errors import BackendImportError, BackendNotFoundError
    from openrange.plugins.entry_points import BACKENDS
    from openrange.plugins.registry import Plugins

    try:
        return Plugins().load(BACKENDS, backend)
    except BackendNotFoundError as error:
        problem = str(error)
    raise BackendImportError(problem)
