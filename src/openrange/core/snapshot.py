"""A snapshot: an admitted world, frozen under the hash of what it consists of."""

from __future__ import annotations

import copy
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Self, cast

from openrange.core.pack import Pack, Realization, Task
from openrange.errors import StoreError
from openrange.llm import strict_json
from openrange.llm.schema import violation

FORMAT = 1

_TEXT = {"type": "string"}
_SCHEMA: Mapping[str, object] = {
    "type": "object",
    "required": ["format", "id", "pack", "world", "tasks", "artifacts"],
    "properties": {
        "format": {"const": FORMAT},
        "id": {"type": "string", "pattern": "^[0-9a-f]{64}$"},
        "pack": {
            "type": "object",
            "required": ["id", "version"],
            "properties": {"id": _TEXT, "version": _TEXT},
            "additionalProperties": False,
        },
        "world": {"type": "object"},
        "tasks": {
            "type": "array",
            "minItems": 1,
            "items": {
                "type": "object",
                "required": ["id", "instruction"],
                "properties": {"id": _TEXT, "instruction": _TEXT},
                "additionalProperties": False,
            },
        },
        # Names become files in an agent's directory: no separators, no hidden files.
        "artifacts": {
            "type": "object",
            "propertyNames": {"pattern": "^[A-Za-z0-9_][A-Za-z0-9_. -]{0,99}$"},
            "additionalProperties": _TEXT,
        },
        "metadata": {"type": "object"},
    },
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Snapshot:
    """An admitted world, without a flag: that is minted at each boot.

    Args:
        pack_id: The pack that realized it and can boot it.
        pack_version: That pack's version.
        world: What the world's process needs to serve it.
        tasks: What an agent can be asked to do there.
        artifacts: Files that an agent finds in its directory: name to text.
        metadata: How it came to be: manifest, model, attempts, usage, times. No part of `id`.

    Raises:
        StoreError: Two tasks have the same id.
    """

    pack_id: str
    pack_version: str
    world: Mapping[str, object] = field(hash=False)
    tasks: tuple[Task, ...]
    artifacts: Mapping[str, str] = field(default_factory=dict, hash=False)
    metadata: Mapping[str, object] = field(default_factory=dict, hash=False, compare=False)

    def __post_init__(self) -> None:
        ids = [task.id for task in self.tasks]
        if twice := sorted({task_id for task_id in ids if ids.count(task_id) > 1}):
            raise StoreError(f"two tasks of the world have the id {twice[0]!r}")

    def __repr__(self) -> str:
        tasks = ", ".join(repr(task.id) for task in self.tasks)
        pack = f"{self.pack_id} {self.pack_version}"
        return f"Snapshot(id={self.id[:12]!r}, pack={pack!r}, tasks=[{tasks}])"

    @property
    def id(self) -> str:
        """SHA-256, in hexadecimal, of the canonical JSON of pack, world, tasks and artifacts."""
        identity = json.dumps(
            self._content(), sort_keys=True, ensure_ascii=True, separators=(",", ":")
        )
        return hashlib.sha256(identity.encode()).hexdigest()

    @classmethod
    def freeze(cls, pack: Pack, realization: Realization, metadata: Mapping[str, object]) -> Self:
        """Make a snapshot of an admitted world.

        Args:
            pack: Who realized it.
            realization: The world.
            metadata: How it came to be, as JSON.

        Returns:
            The snapshot.
        """
        return cls(
            pack.id,
            pack.version,
            copy.deepcopy(dict(realization.world)),
            realization.tasks,
            dict(realization.artifacts),
            copy.deepcopy(dict(metadata)),
        )

    def to_json(self) -> str:
        """The snapshot's file, as text."""
        document = {
            "format": FORMAT,
            "id": self.id,
            **self._content(),
            "metadata": dict(self.metadata),
        }
        return json.dumps(document, indent=2, ensure_ascii=True, allow_nan=False) + "\n"

    @classmethod
    def from_json(cls, text: str | bytes) -> Self:
        """Read a snapshot's file, trusting nothing in it.

        Args:
            text: The file's content.

        Returns:
            The snapshot.

        Raises:
            StoreError: It is no snapshot, or its content does not have the id that it claims.
        """
        try:
            document: Any = strict_json.parse(text)
        except ValueError as error:
            raise StoreError(f"this is no snapshot: not JSON ({error})") from None
        if (problem := violation(document, _SCHEMA)) is not None:
            raise StoreError(f"this is no snapshot: {problem}")
        snapshot = cls(
            document["pack"]["id"],
            document["pack"]["version"],
            cast(dict[str, object], document["world"]),
            tuple(Task(task["id"], task["instruction"]) for task in document["tasks"]),
            document["artifacts"],
            document.get("metadata", {}),
        )
        if snapshot.id != document["id"]:
            raise StoreError(
                "the snapshot was changed after it was frozen: its content has the id "
                f"{snapshot.id[:12]}…, and it claims {document['id'][:12]}…"
            )
        return snapshot

    def _content(self) -> dict[str, object]:
        return {
            "pack": {"id": self.pack_id, "version": self.pack_version},
            "world": self.world,
            "tasks": [{"id": task.id, "instruction": task.instruction} for task in self.tasks],
            "artifacts": self.artifacts,
        }
