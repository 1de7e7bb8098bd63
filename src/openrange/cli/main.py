"""The command `openrange`: its subcommands, and how every one of them ends."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import NoReturn

import click

from openrange.cli.backends import backends
from openrange.cli.build import build
from openrange.cli.failure import Invocation, exit_status, show_failure
from openrange.cli.inspect import inspect
from openrange.cli.packs import packs


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: openrange build --backend offline",
)
@click.version_option(package_name="openrange", message="%(prog)s %(version)s")
def openrange() -> None:
    """Build admitted worlds for agents, designed by any language model."""


for command in (build, inspect, backends, packs):
    openrange.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command, and end the process with its status.

    Args:
        arguments: The command line without the program's name; None takes the process's own.
    """
    given = list(sys.argv[1:] if arguments is None else arguments)
    invocation = Invocation(as_json="--json" in given)
    try:
        status = openrange.main(given, prog_name="openrange", standalone_mode=False, obj=invocation)
        sys.stdout.flush()
    except BrokenPipeError:
        # The reader of our output is gone, and Python would complain about it at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except Exception as error:  # noqa: BLE001 - never a traceback
        show_failure(error, invocation)
        sys.exit(exit_status(error))
    sys.exit(status if isinstance(status, int) else 0)
