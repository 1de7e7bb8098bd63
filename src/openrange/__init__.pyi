# The public names, for type checkers and for `__init__.py`, which reads them here.
import typing

from .backends.claude import ClaudeBackend as ClaudeBackend
from .backends.codex import CodexBackend as CodexBackend
from .backends.offline import OfflineBackend as OfflineBackend
from .backends.openai_compatible import OpenAICompatibleBackend as OpenAICompatibleBackend
from .build import build as build
from .configure.resolver import available_backends as available_backends
from .configure.resolver import resolve_backend as resolve_backend
from .core.manifest import Manifest as Manifest
from .core.manifest import PackRef as PackRef
from .core.pack import Pack as Pack
from .core.pack import Place as Place
from .core.pack import Realization as Realization
from .core.pack import Task as Task
from .core.pack import Topology as Topology
from .core.report import AdmissionReport as AdmissionReport
from .core.snapshot import Snapshot as Snapshot
from .core.store import SnapshotStore as SnapshotStore
from .errors import AdmissionError as AdmissionError
from .errors import BackendNotFoundError as BackendNotFoundError
from .errors import ConfigError as ConfigError
from .errors import LLMBackendError as LLMBackendError
from .errors import LLMError as LLMError
from .errors import LLMRequestError as LLMRequestError
from .errors import ManifestError as ManifestError
from .errors import OpenRangeError as OpenRangeError
from .errors import PackError as PackError
from .errors import StoreError as StoreError
from .llm.contract import LLMBackend as LLMBackend
from .llm.contract import LLMRequest as LLMRequest
from .llm.contract import LLMResult as LLMResult
from .llm.hooks import hookimpl as hookimpl
from .llm.reply import parse_json_object as parse_json_object
from .llm.workspace import complete_with_pack_dir as complete_with_pack_dir
from .play.episode import Episode as Episode
from .play.episode import EpisodeReport as EpisodeReport
from .worlds.visitor import Visitor as Visitor
from .worlds.visitor import WorldReply as WorldReply

LiteLLMBackend: typing.Any  # of the plugin, where that is installed
