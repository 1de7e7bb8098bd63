"""The manifest: what the user wants, as shared between people. It says nothing about backends."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import resources
from os import PathLike
from pathlib import Path
from typing import Self, TypeAlias, cast

from openrange.core.document import read_document
from openrange.errors import ManifestError
from openrange.llm import strict_json

ManifestSource: TypeAlias = "Manifest | Mapping[str, object] | str | PathLike[str] | None"

MAX_MANIFEST_BYTES = 1_000_000
DEFAULT_MODE = "simulation"


@dataclass(frozen=True, slots=True)
class PackRef:
    """Which pack a manifest asks for.

    Args:
        id: The pack's name in the entry-point group `openrange.packs`.
        source: The distribution that must provide it, or None for whichever is installed.
        options: What the pack is told, as JSON, which is copied deeply; each pack documents its
            own.

    Raises:
        ManifestError: A field has a type that means nothing.
    """

    id: str
    source: str | None = None
    options: Mapping[str, object] = field(default_factory=dict, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.id, str) or not self.id:
            raise ManifestError("manifest: pack.id must name an installed pack")
        if self.source is not None and not isinstance(self.source, str):
            raise ManifestError("manifest: pack.source must name an installed distribution")
        object.__setattr__(self, "options", _mapping("pack.options", self.options))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What the user wants.

    Args:
        world: The goal of the world under the key `goal`, as text.
        pack: The family of worlds to build from.
        mode: Only `simulation` has a meaning today.
        npc: Only the empty list has a meaning today.
        seed: What else chooses among equal designs; any integer.

    Raises:
        ManifestError: A field has a type or a value that means nothing.
    """

    world: Mapping[str, object] = field(hash=False)
    pack: PackRef
    mode: str = DEFAULT_MODE
    npc: tuple[object, ...] = ()
    seed: int = 0

    def __post_init__(self) -> None:
        if not isinstance(self.pack, PackRef):
            raise ManifestError(f"manifest: pack must be a PackRef, not {type(self.pack).__name__}")
        object.__setattr__(self, "world", _mapping("world", self.world))
        _refuse_unknown("world", self.world, {"goal"})
        if not isinstance(self.world.get("goal"), str) or not self.goal.strip():
            raise ManifestError("manifest: world.goal must be a text that says what to build")
        if self.mode != DEFAULT_MODE:
            raise ManifestError(f"manifest: mode must be {DEFAULT_MODE!r}, not {self.mode!r}")
        if self.npc:
            raise ManifestError("manifest: npc must be empty, because no pack has characters yet")
        if not isinstance(self.seed, int) or isinstance(self.seed, bool):
            raise ManifestError(f"manifest: seed must be an integer, not {self.seed!r}")

    @property
    def goal(self) -> str:
        """What the world is for, in the user's words."""
        return cast(str, self.world["goal"])

    @classmethod
    def from_mapping(cls, document: object) -> Self:
        """Read a manifest from what a YAML or JSON document holds.

        Args:
            document: The parsed document.

        Returns:
            The manifest.

        Raises:
            ManifestError: A key is unknown or missing, or a value has the wrong type.
        """
        fields = _mapping("the manifest", document)
        _refuse_unknown("the manifest", fields, {"world", "pack", "mode", "npc", "seed"})
        for key in ("world", "pack"):
            if key not in fields:
                raise ManifestError(f"manifest: {key} is missing")
        npc = fields.get("npc")
        if not isinstance(npc, list | None):
            raise ManifestError("manifest: npc must be a list")
        return cls(
            world=_mapping("world", fields["world"]),
            pack=_pack_ref(fields["pack"]),
            mode=cast(str, fields.get("mode", DEFAULT_MODE)),
            npc=tuple(npc or ()),
            seed=cast(int, fields.get("seed", 0)),
        )

    @classmethod
    def load(cls, path: str | Path) -> Self:
        """Read a manifest from a YAML or JSON file of at most 1 MB, without YAML aliases.

        Args:
            path: The file.

        Returns:
            The manifest.

        Raises:
            ManifestError: The file cannot be read, or is no manifest.
        """
        file = Path(path)
        try:
            with file.open("rb") as stream:
                raw = stream.read(MAX_MANIFEST_BYTES + 1)
        except (OSError, ValueError) as error:  # the second for a name that holds a NUL
            reason = getattr(error, "strerror", None) or str(error)
            raise ManifestError(f"manifest {file}: {reason}") from None
        return cls.parse(raw, str(file))

    @classmethod
    def starter(cls) -> Self:
        """The manifest that ships with OpenRange, for a first world."""
        raw = resources.files("openrange.core").joinpath("starter.yaml").read_bytes()
        return cls.parse(raw, "starter.yaml")

    @classmethod
    def parse(cls, raw: bytes, name: str) -> Self:
        """Read a manifest from the bytes of a YAML or JSON document.

        Args:
            raw: The document, UTF-8.
            name: What to call it in an error.

        Returns:
            The manifest.

        Raises:
            ManifestError: It is too large, no YAML or JSON, or no manifest.
        """
        if len(raw) > MAX_MANIFEST_BYTES:
            raise ManifestError(f"manifest {name}: larger than {MAX_MANIFEST_BYTES:,} bytes")
        try:
            return cls.from_mapping(read_document(raw))
        except (ManifestError, ValueError) as error:
            reason = str(error).removeprefix("manifest: ")
        raise ManifestError(f"manifest {name}: {reason}")

    def to_mapping(self) -> dict[str, object]:
        """The manifest as a JSON document, with every default written out."""
        return {
            "world": copy.deepcopy(dict(self.world)),
            "pack": {
                "id": self.pack.id,
                "source": self.pack.source,
                "options": copy.deepcopy(dict(self.pack.options)),
            },
            "mode": self.mode,
            "npc": list(self.npc),
            "seed": self.seed,
        }


def as_manifest(source: ManifestSource) -> Manifest:
    """Read a manifest from whatever the caller has.

    Args:
        source: A manifest, its document, or the path of its file; None for the starter manifest.

    Returns:
        The manifest.

    Raises:
        ManifestError: It is unreadable, or asks for something that does not exist.
    """
    if source is None:
        return Manifest.starter()
    if isinstance(source, Manifest):
        return source
    if isinstance(source, Mapping):
        return Manifest.from_mapping(source)
    return Manifest.load(Path(source))


def _pack_ref(value: object) -> PackRef:
    fields = _mapping("pack", value)
    _refuse_unknown("pack", fields, {"id", "source", "options"})
    options = {} if fields.get("options") is None else fields["options"]
    return PackRef(
        cast(str, fields.get("id")),
        cast(str | None, fields.get("source")),
        cast(Mapping[str, object], options),
    )


def _mapping(name: str, value: object) -> dict[str, object]:
    if not isinstance(value, Mapping):
        raise ManifestError(f"manifest: {name} must be a mapping, not {type(value).__name__}")
    for key in value:
        if not isinstance(key, str):
            raise ManifestError(f"manifest: a key of {name} must be text, not {key!r}")
    try:
        plain = strict_json.parse(json.dumps(dict(value), allow_nan=False))
        return cast(dict[str, object], plain)
    except RecursionError:
        reason = f"nested deeper than {strict_json.MAX_DEPTH} levels"
    except (TypeError, ValueError) as error:
        reason = str(error)
    raise ManifestError(f"manifest: {name} holds a value that JSON cannot express ({reason})")


def _refuse_unknown(name: str, fields: Mapping[str, object], known: set[str]) -> None:
    unknown = sorted(set(fields) - known)
    if unknown:
        raise ManifestError(
            f"manifest: {name} has no key {unknown[0]!r}; it takes {', '.join(sorted(known))}"
        )
