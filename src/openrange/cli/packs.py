"""`openrange packs`."""

from __future__ import annotations

import json

import click

from openrange.cli.options import json_option


@click.command(short_help="List the installed packs, which are families of worlds.")
@json_option
def packs(as_json: bool) -> None:
    """List the installed packs: the families of worlds that a manifest can ask for."""
    from openrange.configure.layers import environment_layer, read_layers
    from openrange.configure.resolver import configured
    from openrange.core.installed_packs import PACK
    from openrange.errors import ConfigError, OpenRangeError
    from openrange.llm.text import one_line

    try:
        plugins = configured(read_layers())
    except ConfigError:  # a build would say so; the packs are there all the same
        plugins = configured([environment_layer()])
    rows = []
    for name in plugins.names(PACK):
        row: dict[str, object] = {
            "name": name,
            "distributions": [str(entry) for entry in plugins.registered(PACK, name)],
            "version": None,
            "summary": None,
            "options": {},
            "problem": None,
        }
        try:
            pack = plugins.load(PACK, name)
            row |= {"version": str(pack.version), "summary": str(pack.summary)}  # type: ignore[attr-defined]
            row["options"] = {k: dict(v) for k, v in pack.options.items()}  # type: ignore[attr-defined]
        except OpenRangeError as error:
            row["problem"] = str(error)
        rows.append(row)
    if as_json:
        click.echo(json.dumps({"packs": rows}))
        return
    for row in rows:
        origin = " and ".join(map(str, row["distributions"]))  # type: ignore[call-overload]
        said = row["summary"] if row["problem"] is None else f"unusable: {row['problem']}"
        click.echo(one_line(f"{row['name']} ({origin}): {said}"))
        for option, schema in row["options"].items():  # type: ignore[attr-defined]
            click.echo(f"  {one_line(option)}: {one_line(str(schema.get('description', '')))}")
