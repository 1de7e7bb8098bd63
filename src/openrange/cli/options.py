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
