"""The project of a backend plugin: what it is called, what may clash, and its files."""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from importlib import metadata, resources, util

from openrange.errors import ConfigError
from openrange.plugins.entry_points import (
    BACKENDS,
    DETECT,
    installed,
    names_of_the_core,
    normalized,
    scan,
)
from openrange.plugins.known_plugins import known_plugins
from openrange.scaffold.project import render

MAX_NAME = 40
_NAME = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")


@dataclass(frozen=True, slots=True)
class BackendProject:
    """A backend plugin that is to be written.

    Args:
        name: The backend's name.
        detected_instead: Which backend its variable already chooses, in words, if there is one.
    """

    name: str
    detected_instead: str | None = None

    @property
    def distribution(self) -> str:
        """The name of its package on an index."""
        return f"openrange-{self.name}"

    @property
    def package(self) -> str:
        """The name of its import package."""
        return f"openrange_{self.module}"

    @property
    def module(self) -> str:
        """The backend's name as Python can have it."""
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        """The name of its class."""
        return "".join(part.capitalize() for part in self.name.split("-")) + "Backend"

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
    if problem := _problem(name):
        raise ConfigError(problem)
    if taken := _taken(name):
        raise ConfigError(taken)
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


def _problem(name: str) -> str | None:
    """Why a name cannot be one, or None."""
    if _NAME.fullmatch(name) and len(name) <= MAX_NAME:
        return None
    better = re.sub(r"[-_.\s]+", "-", name).strip("-").lower()
    is_fine = _problem(better) is None if better != name else False
    hint = f" (did you mean {better!r}?)" if is_fine and not _taken(better) else ""
    shown = repr(name) if len(name) <= MAX_NAME else f"{name[:MAX_NAME]!r}…"
    return (
        f"the name of a backend has at most {MAX_NAME} characters: lower-case ASCII letters and "
        f"digits, with single hyphens between them, and a letter first; not {shown}{hint}"
    )


def _taken(name: str) -> str | None:
    """Who has a name already, in words, or None."""
    if name in names_of_the_core(BACKENDS):
        return f"the backend {name!r} is OpenRange's own; choose another name"
    distribution = f"openrange-{name}"
    claims = [e for e in installed() if e.group == BACKENDS and normalized(e.name) == name]
    if claims:
        owners = " and ".join(map(str, claims))
        return f"there is a backend {claims[0].name!r} of {owners}; choose another name"
    for plugin in known_plugins():
        if name in plugin.backends or distribution == plugin.distribution:
            return f"the backend {name!r} is that of {plugin.distribution}; choose another name"
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
