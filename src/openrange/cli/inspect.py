"""`openrange inspect`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.completion import snapshot_ids
from openrange.cli.options import json_option, store_option
from openrange.llm.text import one_line

if TYPE_CHECKING:
    from openrange.core.snapshot import Snapshot


@click.command(short_help="Show a snapshot: its task, its story and its world.")
@click.argument("snapshot", shell_complete=snapshot_ids)
@store_option("Where snapshots are looked for by id.")
@click.option(
    "--verify", is_flag=True, help="Admit it anew: boot its world, and try whether it holds."
)
@click.option(
    "--html",
    "page",
    metavar="FILE",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write it as one page for a browser: its parts, its chain, its admission.",
)
@json_option
def inspect(snapshot: str, store: Path, verify: bool, page: Path | None, as_json: bool) -> None:
    """Show a snapshot: its task, how it came to be, and the world behind it.

    SNAPSHOT is a file, or an unambiguous beginning of an id. With --verify, its world is booted and
    tried as a build does; what passes is noted in its file as admitted by this installation, and
    what fails ends with exit status 4. The page of --html needs nothing but its file; what gives
    the answer is folded away.
    """
    from openrange.cli.show import inspect_document, inspect_text
    from openrange.core.store import SnapshotStore

    shelf = SnapshotStore(store)
    path = shelf.find(snapshot)
    found = shelf.load(path)
    if verify:
        found = _verified(found)
        shelf.replace(path, found)
    if page is not None:
        from openrange.cli.page import page_of
        from openrange.core.store import write_whole

        try:
            write_whole(page, page_of(found))
        except OSError as error:
            raise click.FileError(str(page), error.strerror) from None
    if as_json:
        click.echo(json.dumps(inspect_document(found, path)))
    elif page is None:
        click.echo(inspect_text(found, path))
    else:
        click.echo(f"written: {one_line(str(page))}")


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
    found = {"admission": report.to_mapping(), "baselines": dict(report.baselines)}
    return sealed(replace(snapshot, metadata={**snapshot.metadata, **found}))
