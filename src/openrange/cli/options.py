"""Options that several commands share."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from openrange.core.store import DEFAULT_DIRECTORY

F = TypeVar("F", bound=Callable[..., Any])


def json_option(command: F) -> F:
    """`--json`: one JSON object on standard output, and nothing else."""
    return click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")(command)


def log_option(command: F) -> F:
    """`--log FILE`, or `OPENRANGE_LOG`."""
    return click.option(
        "--log",
        metavar="FILE",
        envvar="OPENRANGE_LOG",
        show_envvar=True,
        type=click.Path(path_type=Path),
        help="Add every event, request and reply to this file, a JSON object a line, without keys.",
    )(command)


def backend_options(command: F) -> F:
    """`--model MODEL` and `-o KEY=VALUE`."""
    command = click.option(
        "-o",
        "options",
        metavar="KEY=VALUE",
        multiple=True,
        help="A field of the backend, such as timeout=30 or extra_params.temperature=0.4.",
    )(command)
    return click.option("--model", metavar="MODEL", help="The model, as the backend names it.")(
        command
    )


def config_option(command: F) -> F:
    """`--config FILE`."""
    return click.option(
        "--config",
        metavar="FILE",
        type=click.Path(path_type=Path),
        help="A configuration file, used and trusted instead of the working directory's.",
    )(command)


def store_option(help_text: str) -> Callable[[F], F]:
    """`--output DIR`, which may also be spelled `--store`."""
    return click.option(
        "--output",
        "--store",
        "store",
        metavar="DIR",
        type=click.Path(path_type=Path),
        default=DEFAULT_DIRECTORY,
        show_default=True,
        help=help_text,
    )
