"""`openrange inspect`."""

from __future__ import annotations

import json
from pathlib import Path

import click

from openrange.cli.completion import snapshot_ids
from openrange.cli.options import json_option, store_option


@click.command(short_help="Show a snapshot: its task, its story and its world.")
@click.argument("snapshot", shell_complete=snapshot_ids)
@store_option("Where snapshots are looked for by id.")
@json_option
def inspect(snapshot: str, store: Path, as_json: bool) -> None:
    """Show a snapshot: its task, how it came to be, and the world behind it.

    SNAPSHOT is a file, or an unambiguous beginning of an id.
    """
    from openrange.cli.show import inspect_document, inspect_text
    from openrange.core.store import SnapshotStore

    shelf = SnapshotStore(store)
    path = shelf.find(snapshot)
    found = shelf.load(path)
    if as_json:
        click.echo(json.dumps(inspect_document(found, path)))
    else:
        click.echo(inspect_text(found, path))
