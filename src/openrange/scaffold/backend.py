"""The project of a backend plugin: what it is called, what may clash, and its files."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import resources
from typing import ClassVar

from openrange.plugins.entry_points import BACKENDS, DETECT, scan
from openrange.plugins.known_plugins import known_plugins
from openrange.scaffold.names import Project, check_name
from openrange.scaffold.project import render


@dataclass(frozen=True, slots=True)
class BackendProject(Project):
    """A backend plugin that is to be written.

    Args:
        name: The backend's name.
        detected_instead: Which backend its variable already chooses, in words, if there is one.
    """

    prefix: ClassVar[str] = "openrange-"
    suffix: ClassVar[str] = "Backend"

    detected_instead: str | None = None

    @property
    def variable(self) -> str:
        """The environment variable that holds its key."""
        return f"{self.module.upper()}_API_KEY"


def plan_backend(name: str) -> BackendProject:
    """Check a name for a new backend.

    Args:
        name: The name.

    Returns:
        The project.

    Raises:
        ConfigError: The name cannot be one, or is taken.
    """
    check_name(name, "backend", BACKENDS, BackendProject.prefix + "{}")
    project = BackendProject(name)
    return BackendProject(name, _detected_by(project.variable))


def backend_files(project: BackendProject) -> dict[str, str]:
    """The files of a backend's project.

    Args:
        project: The project.

    Returns:
        The text of each file by its path, with slashes.
    """
    template = resources.files("openrange.scaffold").joinpath("templates/backend")
    values = {
        name: getattr(project, name)
        for name in ("name", "distribution", "package", "class_name", "variable")
    }
    names = {"PACKAGE": project.package, "MODULE": project.module}
    return render(template, values | _on_detection(project), names)


def _on_detection(project: BackendProject) -> dict[str, str]:
    """The parts of files that differ where another backend is detected by the same variable."""
    variable, other = project.variable, project.detected_instead
    if other is None:
        return {
            "detect": '[project.entry-points."openrange.detect"]\n'
            f'{variable} = "{project.package}:{project.class_name}"\n',
            "typing": "Any",
            "not_covered": "",
            "flag": "",
            "choosing": f"It is chosen by itself where `{variable}` is the only key that is set.",
        }
    return {
        "detect": f"# {variable} is not declared for detection: it chooses {other}.\n",
        "typing": "Any, ClassVar",
        "not_covered": "    not_covered: ClassVar = {\n"
        f'        "detected": "{variable} chooses {other}",\n'
        "    }\n",
        "flag": f" --backend {project.name}",
        "choosing": f"It has to be named, because `{variable}` alone chooses {other}.",
    }


def _detected_by(variable: str) -> str | None:
    """Which backend a variable already chooses, in words, or None."""
    for plugin in known_plugins():
        if variable in plugin.variables:
            return f"the backend {plugin.backends[0]} of {plugin.distribution}"
    for entry in scan().by_name.get((DETECT, variable), ()):
        same = scan().by_value.get((BACKENDS, entry.distribution, entry.value), ())
        names = [other.name for other in same] or ["?"]
        return f"the backend {names[0]} of {entry.distribution}"
    return None
