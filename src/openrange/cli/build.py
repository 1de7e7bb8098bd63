"""`openrange build`."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.completion import backend_names
from openrange.cli.failure import Invocation
from openrange.cli.options import (
    backend_options,
    config_option,
    json_option,
    log_option,
    store_option,
)
from openrange.llm.text import one_line, presentable

if TYPE_CHECKING:
    from openrange.core.manifest import Manifest


@click.command(short_help="Build an admitted world, and save its snapshot.")
@click.argument("manifest", required=False)
@click.option(
    "--backend",
    metavar="NAME",
    shell_complete=backend_names,
    help="The backend; see `openrange backends`.",
)
@backend_options
@config_option
@click.option("--seed", type=int, help="Replaces the manifest's seed.")
@click.option("--prompt", metavar="TEXT", help="What else the world should be, in words.")
@store_option("Where the snapshot is saved.")
@click.option(
    "--max-repairs",
    type=click.IntRange(0, 20),
    default=2,
    show_default=True,
    help="How often a design that was not admitted goes back to the model.",
)
@log_option
@click.option("-v", "--verbose", is_flag=True, help="Show each request and reply as well.")
@json_option
@click.pass_obj
def build(
    invocation: Invocation,
    manifest: str | None,
    backend: str | None,
    model: str | None,
    options: tuple[str, ...],
    config: Path | None,
    seed: int | None,
    prompt: str | None,
    store: Path,
    max_repairs: int,
    log: Path | None,
    verbose: bool,
    as_json: bool,
) -> None:
    """Build an admitted world and save its snapshot.

    MANIFEST is a YAML or JSON file that says what to build, or - for standard input; left out, a
    starter manifest is used.
    """
    from openrange.cli.log import logged
    from openrange.cli.progress import progress
    from openrange.configure.layers import command_layer, read_layers
    from openrange.configure.resolver import choose, make_backend
    from openrange.configure.showing import own_keys
    from openrange.core.builder import build_and_save
    from openrange.core.job import Job

    with logged(log, invocation.redacted) as note:
        plan = _manifest(manifest)
        if seed is not None:
            plan = replace(plan, seed=seed)
        choice = choose(read_layers(command_layer(backend, model, options), config))
        invocation.backend = choice.name
        resolved = make_backend(choice)
        invocation.keys = tuple(own_keys(resolved.backend))
        asked = getattr(resolved.backend, "model", None)
        note("backend_chosen", {"backend": resolved.name, "model": asked, "because": resolved.why})
        if not as_json:
            named = f"{resolved.name} ({asked})" if asked else resolved.name
            click.echo(one_line(f"using the backend {named}, because {resolved.why}"), err=True)
            if manifest is None and prompt:
                click.echo(one_line(f"using the starter manifest: {plan.goal}"), err=True)
        is_silent = as_json and not verbose
        with progress(resolved.name, silent=is_silent, verbose=verbose) as show:

            def sink(step: str, data: Mapping[str, object]) -> None:
                note(step, data)
                show(step, data)

            job = Job(plan, resolved.backend, resolved.name, prompt, max_repairs, store, sink)
            built = build_and_save(job, choice.plugins)
    if as_json:
        from openrange.cli.show import build_document

        click.echo(json.dumps(build_document(built)))
    else:
        from openrange.cli.show import build_text

        click.echo(build_text(built))


def _manifest(given: str | None) -> Manifest:
    """The manifest of the command line: none, standard input, or a file."""
    from openrange.core.manifest import MAX_MANIFEST_BYTES, Manifest, as_manifest

    if given == "-":
        return Manifest.parse(sys.stdin.buffer.read(MAX_MANIFEST_BYTES + 1), "from standard input")
    if given is not None and " " in given.strip() and not _exists(given):
        said = presentable(given, 60)
        raise click.UsageError(
            f"there is no file {said!r}; to say what the world should be, did you mean "
            f"--prompt {said!r}?"
        )
    return as_manifest(given)


def _exists(given: str) -> bool:
    with suppress(OSError, ValueError):  # no name of a file at all, such as one that is too long
        return Path(given).exists()
    return False
