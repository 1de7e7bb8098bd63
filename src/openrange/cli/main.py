"""The command `openrange`: its subcommands, and how every one of them ends."""

from __future__ import annotations

import io
import os
import signal
import sys
from collections.abc import Sequence
from contextlib import suppress
from typing import NoReturn

import click

from openrange.cli.backends import backends
from openrange.cli.build import build
from openrange.cli.failure import Invocation, exit_status, show_failure
from openrange.cli.inspect import inspect
from openrange.cli.new_backend import new_backend
from openrange.cli.new_pack import new_pack
from openrange.cli.packs import packs


@click.group(
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Start with: openrange build --backend offline",
)
@click.version_option(package_name="openrange", message="%(prog)s %(version)s")
def openrange() -> None:
    """Build admitted worlds for agents, designed by any language model."""


for command in (build, inspect, backends, packs, new_backend, new_pack):
    openrange.add_command(command)


def main(arguments: Sequence[str] | None = None) -> NoReturn:
    """Run one command, and end the process with its status.

    Args:
        arguments: The command line without the program's name; None takes the process's own.
    """
    given = list(sys.argv[1:] if arguments is None else arguments) or ["--help"]
    # So that what was started is ended and tidied up, as it is when the user interrupts.
    for number in (signal.SIGTERM, getattr(signal, "SIGHUP", signal.SIGTERM)):
        if signal.getsignal(number) is not signal.SIG_IGN:  # as `nohup` wants it
            signal.signal(number, lambda number, _: sys.exit(128 + number))
    invocation = Invocation(as_json="--json" in given)
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A world holds any script, and the output may be in an encoding that does not.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        status = openrange.main(given, prog_name="openrange", standalone_mode=False, obj=invocation)
    except Exception as error:  # noqa: BLE001 - never a traceback
        status = exit_status(error)
        with suppress(OSError):  # nobody can be told
            if not os.environ.get("_OPENRANGE_COMPLETE"):  # a shell that completes a word
                show_failure(error, invocation)
    _let_go_of_output()
    sys.exit(status if isinstance(status, int) else 0)


def _let_go_of_output() -> None:
    """Drop what cannot be written, about which Python would complain at its end."""
    for stream in (sys.stdout, sys.stderr):
        if stream is None:
            continue
        try:
            stream.flush()
        except OSError:
            os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())
