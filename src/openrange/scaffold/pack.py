"""The project of a pack: what it is called, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import ClassVar

from openrange.plugins.entry_points import PACKS
from openrange.scaffold.names import Project, check_name
from openrange.scaffold.project import render


@dataclass(frozen=True, slots=True)
class PackProject(Project):
    """A pack that is to be written.

    Args:
        name: The pack's id.
    """

    prefix: ClassVar[str] = "openrange-pack-"
    suffix: ClassVar[str] = "Pack"


def plan_pack(name: str) -> PackProject:
    """Check a name for a new pack.

    Args:
        name: The name.

    Returns:
        The project.

    Raises:
        ConfigError: The name cannot be one, or is taken.
    """
    check_name(name, "pack", PACKS, PackProject.prefix + "{}")
    return PackProject(name)


def pack_files(project: PackProject) -> dict[str, str]:
    """The files of a pack's project.

    Args:
        project: The project.

    Returns:
        The text of each file by its path, with slashes.
    """
    template = resources.files("openrange.scaffold").joinpath("templates/pack")
    values = {
        name: getattr(project, name) for name in ("name", "distribution", "package", "class_name")
    }
    names = {"PACKAGE": project.package, "MODULE": project.module}
    return render(template, values, names)
