"""Names of what people extend OpenRange by: which can be one, and which are taken."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata, util
from typing import ClassVar

from openrange.errors import ConfigError
from openrange.plugins.entry_points import installed, names_of_the_core, normalized
from openrange.plugins.known_plugins import known_plugins

MAX_NAME = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class Project:
    """Something new that is to be written, and what it is called where.

    Args:
        name: Its own name.
    """

    prefix: ClassVar[str]
    """What stands before the name of the package on an index."""
    suffix: ClassVar[str]
    """What stands behind the name of the class."""

    name: str

    @property
    def distribution(self) -> str:
        """The name of its package on an index."""
        return f"{self.prefix}{self.name}"

    @property
    def package(self) -> str:
        """The name of its import package."""
        return self.distribution.replace("-", "_")

    @property
    def module(self) -> str:
        """Its own name as Python can have it."""
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return "".join(part.capitalize() for part in self.name.split("-")) + self.suffix


def check_name(name: str, kind: str, group: str, distribution: str) -> None:
    """Check a name for something new.

    Args:
        name: The name.
        kind: What it is a name of, such as `backend`.
        group: The entry-point group in which it will stand.
        distribution: What the package would be called; `{}` stands for the name.

    Raises:
        ConfigError: The name cannot be one, or is taken.
    """
    problem = _problem(name, kind, group, distribution)
    if problem or (problem := _taken(name, kind, group, distribution.format(name))):
        raise ConfigError(problem)


def _problem(name: str, kind: str, group: str, distribution: str) -> str | None:
    """Why a name cannot be one, or None."""
    if _NAME.fullmatch(name) and len(name) <= MAX_NAME:
        return None
    better = re.sub(r"[-_.\s]+", "-", name).strip("-").lower()
    is_fine = _problem(better, kind, group, distribution) is None if better != name else False
    is_free = is_fine and not _taken(better, kind, group, distribution.format(better))
    hint = f" (did you mean {better!r}?)" if is_free else ""
    shown = repr(name) if len(name) <= MAX_NAME else f"{name[:MAX_NAME]!r}…"
    return (
        f"the name of a {kind} has at most {MAX_NAME} characters: lower-case ASCII letters and "
        f"digits, with single hyphens between them, and a letter first; not {shown}{hint}"
    )


def _taken(name: str, kind: str, group: str, distribution: str) -> str | None:
    """Who has a name already, in words, or None."""
    if name in names_of_the_core(group):
        return f"the {kind} {name!r} is OpenRange's own; choose another name"
    claims = [e for e in installed() if e.group == group and normalized(e.name) == name]
    if claims:
        owners = " and ".join(map(str, claims))
        return f"there is a {kind} {claims[0].name!r} of {owners}; choose another name"
    for plugin in known_plugins():
        is_its_backend = kind == "backend" and name in plugin.backends
        if is_its_backend or distribution == plugin.distribution:
            return f"the {kind} {name!r} is that of {plugin.distribution}; choose another name"
    if package := _package(distribution):
        return f"a package {package} is installed; choose another name"
    return None


def _package(distribution: str) -> str | None:
    """An installed package and its version, or a module that nobody's metadata tells of."""
    unknown = "of unknown version"
    try:
        return f"{distribution} {metadata.version(distribution) or unknown}"
    except metadata.PackageNotFoundError:
        module = distribution.replace("-", "_")
    except Exception:  # noqa: BLE001 - versions of Python differ in what they raise
        return f"{distribution} {unknown}"
    with suppress(Exception):  # finders may be anybody's
        spec = util.find_spec(module)
        if spec is not None and spec.origin:  # a mere folder has none
            return f"{module} {unknown}"
    return None
