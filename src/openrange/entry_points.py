"""What is installed, read from metadata: who registers which name. Imports nothing of anybody's."""

from __future__ import annotations

import configparser
import functools
import re
from dataclasses import dataclass, field
from importlib import metadata

BACKENDS = "openrange.backends"
DETECT = "openrange.detect"
PACKS = "openrange.packs"

CORE = "openrange"


@dataclass(frozen=True, slots=True)
class Entry:
    """One entry point of an installed distribution.

    Args:
        group: Such as `openrange.backends`.
        name: The backend's name, say.
        value: `module:attribute`, which is what gets imported.
        distribution: Who registers it.
        version: The distribution's version.
    """

    group: str
    name: str
    value: str
    distribution: str
    version: str
    _point: metadata.EntryPoint = field(repr=False, compare=False)

    def load(self) -> object:
        """Import what the entry names."""
        return self._point.load()

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@functools.cache
def installed() -> tuple[Entry, ...]:
    """Every entry point of our groups, read from metadata once in a process. Imports nothing.

    A distribution whose metadata cannot be read is passed over: it can register nothing.
    """
    entries: dict[str, list[Entry]] = {}
    for distribution in metadata.distributions():
        try:
            points = _points(distribution.read_text("entry_points.txt") or "")
            if not points:
                continue
            facts = distribution.metadata
            (name, *_) = facts.get_all("Name") or [""]
            (version, *_) = facts.get_all("Version") or ["of unknown version"]
        except Exception:  # noqa: BLE001, S112 - anything may stand in a stranger's metadata
            continue
        if name:
            found = [Entry(p.group, p.name, p.value, name, version, p) for p in points]
            # The first of two copies of a distribution is the one that Python would import.
            entries.setdefault(normalized(name), found)
    return tuple(entry for found in entries.values() for entry in found)


def _points(text: str) -> list[metadata.EntryPoint]:
    """The entry points of our groups in a distribution's `entry_points.txt`.

    Read here, because the classes that read it differ in what they make of a malformed entry, and
    another library may have put its own in place of Python's.
    """
    if "openrange." not in text:
        return []
    parser = configparser.RawConfigParser(delimiters="=", strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # names keep their case
    parser.read_string(text)
    return [
        metadata.EntryPoint(name, value, group)
        for group in (BACKENDS, DETECT, PACKS)
        if parser.has_section(group)
        for name, value in parser.items(group)
    ]


def normalized(distribution: str) -> str:
    """A distribution's name in the one spelling that PEP 503 gives it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
