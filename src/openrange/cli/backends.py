"""`openrange backends`."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.check import check, columns, problem_documents, problem_line
from openrange.cli.options import config_option, json_option
from openrange.llm.text import one_line

if TYPE_CHECKING:
    from openrange.configure.listing import Listed
    from openrange.configure.preview import Preview


@click.group(
    invoke_without_command=True,
    short_help="List the backends, and say which a build would take.",
)
@config_option
@json_option
@click.pass_context
def backends(context: click.Context, config: Path | None, as_json: bool) -> None:
    """List the installed backends, and say which one a build would take now, and why.

    Reads metadata alone. The plugin that the environment suggests is tried in a process of its
    own, and no other is imported.
    """
    if context.invoked_subcommand is None:
        _list(config, as_json=as_json)


backends.add_command(check)


def _list(config: Path | None, *, as_json: bool) -> None:
    from openrange.configure.layers import Layer, read_layers
    from openrange.configure.listing import listed
    from openrange.configure.preview import preview
    from openrange.configure.problems import problems
    from openrange.configure.resolver import choose, configured
    from openrange.errors import OpenRangeError
    from openrange.plugins.registry import Plugins

    layers: list[Layer] = []
    plugins, build, problem = Plugins(), None, None
    try:
        layers = read_layers(config=config)
        plugins = configured(layers)
        build = preview(choose(layers))
    except OpenRangeError as error:
        problem = str(error)
    rows = listed(plugins, os.environ)
    beside = problems(layers)
    if as_json:
        document = _document(rows, build, problem) | {"problems": problem_documents(beside)}
        click.echo(json.dumps(document, allow_nan=False))
    else:
        lines = [*map(_row, rows), "", *_verdict(build, problem)]
        lines += ["", *map(problem_line, beside)] if beside else []
        click.echo("\n".join(lines))


def _document(rows: list[Listed], build: Preview | None, problem: str | None) -> dict[str, object]:
    return {
        "backends": [
            {
                "name": row.name,
                "claims": [
                    {"distribution": claim.distribution, "version": claim.version}
                    for claim in row.claims
                ],
                "variables": row.variables,
                "blocked": row.is_blocked,
                "problem": row.problem,
            }
            for row in rows
        ],
        "build": build
        and {
            "backend": build.name,
            "because": build.why,
            "model": build.model,
            "options": {
                option: {"value": value, "source": source}
                for option, (value, source) in sorted(build.options.items())
            },
        },
        "problem": build.problem if build else problem,
    }


def _row(row: Listed) -> str:
    origin = " and ".join(map(str, row.claims))
    is_set = [variable for variable, present in row.variables.items() if present]
    notes = [f"{', '.join(is_set)} set"] if is_set else []
    if row.variables and not is_set:
        some = ", ".join(list(row.variables)[:3])
        more = f" and {len(row.variables) - 3} more" if len(row.variables) > 3 else ""
        notes.append(f"none set of {some}{more}")
    if row.is_blocked:
        notes.append("blocked")
    elif row.problem:
        notes.append(row.problem)
    return columns(row.name, origin, "; ".join(notes))


def _verdict(build: Preview | None, problem: str | None) -> list[str]:
    if build is None:
        return [one_line(f"A build would stop: {problem}")]
    named = f"{build.name} ({build.model})" if build.model else build.name
    lines = [f"A build would take {named}, because {build.why}."]
    lines += [
        f"  {option} = {json.dumps(value)} (from {source})"
        for option, (value, source) in sorted(build.options.items())
        if value is not None
    ]
    if build.problem:
        lines.append(f"It would stop: {build.problem}")
    return [
        one_line(line) if not line.startswith("  ") else "  " + one_line(line) for line in lines
    ]
