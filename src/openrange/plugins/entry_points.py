"""What is installed, read from metadata: who registers which name. Imports nothing of anybody's."""

from __future__ import annotations

import configparser
import functools
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import metadata
from pathlib import PurePath

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

    @property
    def is_well_formed(self) -> bool:
        """Whether the value is `module:attribute`."""
        match = self._point.pattern.match(self.value)
        return match is not None and bool(match.group("attr"))

    def load(self) -> object:
        """Import what the entry names."""
        return self._point.load()

    def __str__(self) -> str:
        return f"{self.distribution} {self.version}"


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A distribution that registers something here, or may, but whose metadata cannot be read.

    Args:
        folder: The name of its metadata's folder, such as `acme-1.0.dist-info`.
        problem: What is wrong with it.
    """

    folder: str
    problem: str


@dataclass(frozen=True, slots=True)
class Copy:
    """A second copy of a distribution, which registers something here and is ignored.

    Args:
        distribution: The name that both bear.
        used: The version of the one that counts.
        ignored: The version of the other.
    """

    distribution: str
    used: str
    ignored: str


@dataclass(frozen=True, slots=True)
class Scan:
    """What one reading of the metadata found.

    Args:
        entries: Every entry point of our groups.
        unreadable: The distributions that were passed over.
        copies: The second copies, but for those that say the same as the first.
        by_name: The same entries by group and name, so that thousands of plugins cost no search.
        by_value: The same entries by group, distribution and value.
    """

    entries: tuple[Entry, ...]
    unreadable: tuple[Unreadable, ...]
    copies: tuple[Copy, ...]
    by_name: Mapping[tuple[str, str], list[Entry]] = field(repr=False, hash=False)
    by_value: Mapping[tuple[str, str, str], list[Entry]] = field(repr=False, hash=False)


def installed() -> tuple[Entry, ...]:
    """Every entry point of our groups, read from metadata once in a process. Imports nothing."""
    return scan().entries


@functools.cache
def scan() -> Scan:
    """Read the metadata of everything that is installed, once in a process."""
    found_by_owner: dict[str, list[list[Entry]]] = {}
    unreadable: dict[str, Unreadable] = {}
    for distribution in metadata.distributions():
        try:
            found = _entries(distribution)
        except _ReadError as error:
            place = _place(distribution)
            unreadable[place] = Unreadable(PurePath(place).name, str(error))
            continue
        if found:
            found_by_owner.setdefault(normalized(found[0].distribution), []).append(found)
    every: list[Entry] = []
    copies: list[Copy] = []
    for candidates in found_by_owner.values():
        # The first of two copies of a distribution is the one that Python would import.
        used = candidates[0]
        every += used
        copies += [
            Copy(used[0].distribution, used[0].version, other[0].version)
            for other in candidates
            if set(other) != set(used)
        ]
    by_name: dict[tuple[str, str], list[Entry]] = {}
    by_value: dict[tuple[str, str, str], list[Entry]] = {}
    for entry in every:
        by_name.setdefault((entry.group, entry.name), []).append(entry)
        by_value.setdefault((entry.group, entry.distribution, entry.value), []).append(entry)
    return Scan(
        tuple(every),
        tuple(unreadable.values()),
        tuple(dict.fromkeys(copies)),
        by_name,
        by_value,
    )


class _ReadError(Exception):
    """Why a distribution of ours is passed over."""


def _entries(distribution: metadata.Distribution) -> list[Entry]:
    """The entries of one distribution: none for one that is not concerned with us."""
    problem: str
    name = ""
    try:
        points = _points(distribution.read_text("entry_points.txt") or "")
    except UnicodeDecodeError as error:
        if not _may_be_ours(error.object):
            return []
        problem = "entry_points.txt is not UTF-8"
    except configparser.Error as error:
        problem = f"entry_points.txt is malformed: {error}"
    except Exception as error:  # noqa: BLE001 - anything may stand in a stranger's metadata
        problem = f"entry_points.txt cannot be read ({type(error).__name__})"
    else:
        if not points:
            return []
        try:
            facts = distribution.metadata
            (name, *_) = facts.get_all("Name") or [""]
            (version, *_) = facts.get_all("Version") or ["of unknown version"]
            is_there = distribution.read_text("METADATA") is not None
            problem = "METADATA names no distribution" if is_there else "METADATA is missing"
        except UnicodeDecodeError:
            problem = "METADATA is not UTF-8"
        except Exception:  # noqa: BLE001 - versions of Python differ in what they raise
            problem = "METADATA is missing"
    if not name:
        raise _ReadError(f"{problem}; install it again, or delete the folder")
    return [Entry(p.group, p.name, p.value, name, version, p) for p in points]


def _may_be_ours(raw: bytes) -> bool:
    """Whether what cannot be decoded names one of our groups, in whatever encoding."""
    return b"openrange." in raw.replace(b"\0", b"")


def _place(distribution: metadata.Distribution) -> str:
    """The folder of a distribution's metadata, which only Python's own finders tell."""
    return str(getattr(distribution, "_path", "a distribution without a folder"))


def _points(text: str) -> list[metadata.EntryPoint]:
    """The entry points of our groups in a distribution's `entry_points.txt`.

    Read here, because the classes that read it differ in what they make of a malformed entry, and
    another library may have put its own in place of Python's.
    """
    if "openrange." not in text:
        return []
    parser = configparser.RawConfigParser(delimiters="=", strict=False)
    parser.optionxform = str  # type: ignore[method-assign,assignment]  # names keep their case
    parser.read_string(text, "entry_points.txt")
    return [
        metadata.EntryPoint(name, value, group)
        for group in (BACKENDS, DETECT, PACKS)
        if parser.has_section(group)
        for name, value in parser.items(group)
    ]


def names_of_the_core(group: str) -> set[str]:
    """The names that the core itself registers in a group."""
    return {
        entry.name
        for entry in installed()
        if entry.group == group and normalized(entry.distribution) == CORE
    }


def normalized(distribution: str) -> str:
    """A distribution's name in the one spelling that PEP 503 gives it."""
    return re.sub(r"[-_.]+", "-", distribution).lower()
