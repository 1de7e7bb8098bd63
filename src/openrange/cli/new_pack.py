"""`openrange new-pack`."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.new_project import change_to, checked_directory, written
from openrange.cli.options import json_option

if TYPE_CHECKING:
    from openrange.scaffold.pack import PackProject


@click.command("new-pack", short_help="Write the project of a new pack of worlds.")
@click.argument("name")
@click.argument("directory", required=False, type=click.Path(readable=False))
@json_option
def new_pack(name: str, directory: str | None, as_json: bool) -> None:
    """Write the project of a new pack: a family of worlds that works, to be changed and published.

    NAME is the pack's id, such as acme. DIRECTORY is new or empty; left out, it is
    openrange-pack-NAME in the working directory.

    The exit status is 2 when NAME or DIRECTORY will not do, and 1 when writing fails in the middle;
    neither leaves anything behind.
    """
    from openrange.scaffold.pack import pack_files, plan_pack
    from openrange.scaffold.project import write

    given = checked_directory(directory)
    project = plan_pack(name)
    files = pack_files(project)
    target = given or Path(project.distribution)
    write(files, target)
    if as_json:
        click.echo(json.dumps(_document(project, target, sorted(files))))
    else:
        click.echo(_text(project, target, sorted(files)))


def _document(project: PackProject, target: Path, files: list[str]) -> dict[str, object]:
    return {
        "name": project.name,
        "distribution": project.distribution,
        "package": project.package,
        "class": project.class_name,
        "directory": str(target),
        "files": files,
        "next": _next(target),
    }


def _text(project: PackProject, target: Path, files: list[str]) -> str:
    lines = written(f"the pack {project.name}", target, files)
    lines += [
        "",
        "Install it, test it, see it listed, and build a world of it without a model:",
        "",
    ]
    lines += [f"  {line}" for line in _next(target)]
    lines += ["", f"Then make worlds of your own, in src/{project.package}/."]
    return "\n".join(lines)


def _next(target: Path) -> list[str]:
    """Commands to paste."""
    return [
        *change_to(target),
        'pip install -e ".[test]"',
        "pytest",
        "openrange packs",
        "openrange build world.yaml --backend offline",
    ]
