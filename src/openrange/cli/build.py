"""`openrange build`."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import click

from openrange.cli.completion import backend_names
from openrange.cli.failure import Invocation
from openrange.cli.options import config_option, json_option, store_option
from openrange.llm.text import one_line


@click.command()
@click.argument("manifest", required=False, type=click.Path(path_type=Path))
@click.option(
    "--backend",
    metavar="NAME",
    shell_complete=backend_names,
    help="The backend; see `openrange backends`.",
)
@click.option("--model", metavar="MODEL", help="The model, as the backend names it.")
@click.option(
    "-o",
    "options",
    metavar="KEY=VALUE",
    multiple=True,
    help="A field of the backend, such as timeout=30 or extra_params.temperature=0.4.",
)
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
@json_option
@click.pass_obj
def build(
    invocation: Invocation,
    manifest: Path | None,
    backend: str | None,
    model: str | None,
    options: tuple[str, ...],
    config: Path | None,
    seed: int | None,
    prompt: str | None,
    store: Path,
    max_repairs: int,
    as_json: bool,
) -> None:
    """Build an admitted world and save its snapshot.

    MANIFEST is a YAML or JSON file that says what to build; left out, a starter manifest is used.
    """
    from openrange.cli.progress import progress
    from openrange.configure.layers import command_layer, read_layers
    from openrange.configure.resolver import choose, make_backend
    from openrange.core.builder import build_and_save
    from openrange.core.job import Job
    from openrange.core.manifest import as_manifest

    plan = as_manifest(manifest)
    if seed is not None:
        plan = replace(plan, seed=seed)
    choice = choose(read_layers(command_layer(backend, model, options), config))
    invocation.backend = choice.name
    resolved = make_backend(choice)
    if not as_json:
        asked = getattr(resolved.backend, "model", None)
        named = f"{resolved.name} ({asked})" if asked else resolved.name
        click.echo(one_line(f"using the backend {named}, because {resolved.why}"), err=True)
    with progress(resolved.name, silent=as_json) as sink:
        job = Job(plan, resolved.backend, resolved.name, prompt, max_repairs, store, sink)
        built = build_and_save(job, choice.plugins)
    if as_json:
        from openrange.cli.show import build_document

        click.echo(json.dumps(build_document(built)))
    else:
        from openrange.cli.show import build_text

        click.echo(build_text(built))
