"""`openrange new-backend`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.new_project import change_to, checked_directory, written
from openrange.cli.options import json_option

if TYPE_CHECKING:
    from openrange.scaffold.backend import BackendProject


@click.command("new-backend", short_help="Write the project of a new backend plugin.")
@click.argument("name")
@click.argument("directory", required=False, type=click.Path(readable=False))
@json_option
def new_backend(name: str, directory: str | None, as_json: bool) -> None:
    """Write the project of a new backend plugin, ready to be tested and published.

    NAME is the backend's name, such as acme. DIRECTORY is new or empty; left out, it is
    openrange-NAME in the working directory.

    The exit status is 2 when NAME or DIRECTORY will not do, and 1 when writing fails in the middle;
    neither leaves anything behind.
    """
    from openrange.scaffold.backend import backend_files, plan_backend
    from openrange.scaffold.project import write

    given = checked_directory(directory)
    project = plan_backend(name)
    files = backend_files(project)
    target = given or Path(project.distribution)
    write(files, target)
    if as_json:
        click.echo(json.dumps(_document(project, target, sorted(files))))
    else:
        click.echo(_text(project, target, sorted(files)))


def _document(project: BackendProject, target: Path, files: list[str]) -> dict[str, object]:
    return {
        "name": project.name,
        "distribution": project.distribution,
        "package": project.package,
        "class": project.class_name,
        "variable": project.variable,
        "detected": project.detected_instead is None,
        "directory": str(target),
        "files": files,
        "next": _next(project, target),
        "note": _note(project),
    }


def _text(project: BackendProject, target: Path, files: list[str]) -> str:
    lines = written(f"the backend {project.name}", target, files)
    if note := _note(project):
        lines += ["", note]
    lines += [
        "",
        "Install it, test it, see it listed, and build a world against a local server:",
        "",
    ]
    lines += [f"  {line}" for line in _next(project, target)]
    lines += ["", f"Then bring in your provider, in src/{project.package}/__init__.py."]
    return "\n".join(lines)


def _next(project: BackendProject, target: Path) -> list[str]:
    """Commands to paste."""
    base_url = '-o base_url="$(cat server.url)"'
    return [
        *change_to(target),
        'pip install -e ".[test]"',
        "pytest",
        "openrange backends",
        "python -m openrange.testing.chat_server > server.url &",
        "until [ -s server.url ]; do sleep 0.1; done",
        f"{project.variable}=none openrange build --backend {project.name} {base_url}",
        "kill $!; rm server.url",
    ]


def _note(project: BackendProject) -> str | None:
    if project.detected_instead is None:
        return None
    return (
        f"{project.variable} already chooses {project.detected_instead}, so this backend takes its "
        f"key from there but is used only when named: --backend {project.name}."
    )
