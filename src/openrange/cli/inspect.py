"""`openrange inspect`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.completion import snapshot_ids
from openrange.cli.options import json_option, store_option

if TYPE_CHECKING:
    from openrange.core.snapshot import Snapshot


@click.command(short_help="Show a snapshot: its task, its story and its world.")
@click.argument("snapshot", shell_complete=snapshot_ids)
@store_option("Where snapshots are looked for by id.")
@click.option(
    "--verify", is_flag=True, help="Admit it anew: boot its world, and try whether it holds."
)
@json_option
def inspect(snapshot: str, store: Path, verify: bool, as_json: bool) -> None:
    """Show a snapshot: its task, how it came to be, and the world behind it.

    SNAPSHOT is a file, or an unambiguous beginning of an id. With --verify, its world is booted and
    tried as a build does; what passes is noted in its file as admitted by this installation, and
    what fails ends with exit status 4.
    """
    from openrange.cli.show import inspect_document, inspect_text
    from openrange.core.store import SnapshotStore

    shelf = SnapshotStore(store)
    path = shelf.find(snapshot)
    found = shelf.load(path)
    if verify:
        found = _verified(found)
        shelf.replace(path, found)
    if as_json:
        click.echo(json.dumps(inspect_document(found, path)))
    else:
        click.echo(inspect_text(found, path))


def _verified(snapshot: Snapshot) -> Snapshot:
    """The snapshot, with what was found now."""
    from openrange.core.provenance import sealed, verify
    from openrange.errors import AdmissionError

    report = verify(snapshot)
    if not report.admitted:
        failure = report.failures[0]
        raise AdmissionError(
            f"the snapshot is not admitted ({failure.name}: {failure.message})", [report]
        )
    return sealed(
        replace(snapshot, metadata={**snapshot.metadata, "admission": report.to_mapping()})
    )
