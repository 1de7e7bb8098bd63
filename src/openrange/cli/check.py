"""`openrange backends check`."""

from __future__ import annotations

import json
import shutil
import sys
import textwrap
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from openrange.cli.completion import backend_names
from openrange.cli.failure import BACKEND, USAGE
from openrange.cli.options import backend_options, config_option, json_option
from openrange.llm.text import one_line, presentable

if TYPE_CHECKING:
    from openrange.configure.check import Checked
    from openrange.configure.check_child import Live
    from openrange.configure.problems import Problem

_MAX_COLUMN = 80  # characters


@click.command(short_help="Try installed backends, each in its own process.")
@click.argument("names", metavar="[NAME]...", nargs=-1, shell_complete=backend_names)
@click.option("--live", is_flag=True, help="Send two small requests to each that is ready.")
@backend_options
@config_option
@json_option
@click.pass_context
def check(
    context: click.Context,
    names: tuple[str, ...],
    live: bool,
    model: str | None,
    options: tuple[str, ...],
    config: Path | None,
    as_json: bool,
) -> None:
    """Try each installed backend, or those that are named, in a process of its own.

    Each is imported, made as `openrange build --backend NAME` would make it here and now, and
    asked whether it is configured; with --live, it also answers a plain and a structured request,
    which may cost a fraction of a cent.

    The exit status with names: 0 if every one is ready, 2 if not, and 3 if all are but a request
    failed. Without names: 2 if any is broken or claimed twice, or metadata cannot be read; else 3
    if a request failed; else 0. What is merely not configured or blocked is no fault then.
    """
    from openrange.cli.progress import live_line
    from openrange.configure.check import check as examine
    from openrange.configure.layers import command_layer, read_layers
    from openrange.configure.problems import problems

    above = context.parent.params if context.parent else {}  # `backends --json check` is meant so
    as_json = as_json or bool(above.get("as_json"))
    if (model or options) and not names:
        raise click.UsageError("--model and -o need the NAME of the backend that they are for")
    layers = read_layers(command_layer(None, model, options), config or above.get("config"))
    with live_line(silent=as_json) as show:
        found = examine(names, layers, is_live=live, show=show)
    beside = problems(layers)
    if as_json:
        click.echo(json.dumps(_document(found, beside), allow_nan=False))
    else:
        lines = list(map(_row, found))
        lines += ["", *map(problem_line, beside)] if beside else []
        click.echo("\n".join(lines))
    context.exit(_status(found, beside, are_named=bool(names)))


def columns(name: str, origin: str, said: str) -> str:
    """A row of either list of backends, for a person.

    Args:
        name: The backend's name, of which a part is enough where it is very long.
        origin: Who registers it, likewise.
        said: What is to be said about it.

    Returns:
        One line in a pipe; on a terminal as many as it takes, below each other.
    """
    name, origin = presentable(name, _MAX_COLUMN), presentable(origin, _MAX_COLUMN)
    line = f"{name:<18} {origin:<26} {one_line(said)}".rstrip()
    width = shutil.get_terminal_size().columns
    if not sys.stdout.isatty() or len(line) <= width:
        return line
    indent = " " * 4
    lines = textwrap.wrap(line, max(width, 40), subsequent_indent=indent, break_on_hyphens=False)
    return "\n".join(lines)


def problem_line(problem: Problem) -> str:
    """A problem beside the backends, for a person.

    Args:
        problem: What is wrong, and where.

    Returns:
        One line.
    """
    return one_line(f"{problem.source}: {problem.text}")


def problem_documents(problems: Sequence[Problem]) -> list[dict[str, str]]:
    """The same problems, as JSON.

    Args:
        problems: What is wrong, and where.

    Returns:
        An object each.
    """
    return [{"source": one_line(p.source), "problem": one_line(p.text)} for p in problems]


def _status(found: Sequence[Checked], beside: Sequence[Problem], *, are_named: bool) -> int:
    verdicts = {row.verdict for row in found}
    bad = verdicts - {"ready"} if are_named else verdicts & {"broken", "claimed twice"}
    if bad or (not are_named and any(problem.is_fault for problem in beside)):
        return USAGE
    return BACKEND if any(not live.is_ok for row in found for live in row.live or ()) else 0


def _document(found: Sequence[Checked], beside: Sequence[Problem]) -> dict[str, object]:
    rows = []
    for row in found:
        owner = row.claims[0] if len(row.claims) == 1 else None
        rows.append(
            {
                "name": row.name,
                "distribution": owner and owner.distribution,
                "version": owner and owner.version,
                "verdict": row.verdict,
                "reason": row.reason,
                "notes": row.notes,
                "seconds": row.seconds,
                "live": None if row.live is None else [_live_document(live) for live in row.live],
            }
        )
    return {"backends": rows, "problems": problem_documents(beside)}


def _live_document(live: Live) -> dict[str, object]:
    return {
        "request": live.request,
        "ok": live.is_ok,
        "reason": live.reason,
        "seconds": live.seconds,
        "usage": live.usage,
        "changes": list(live.changes),
    }


def _row(row: Checked) -> str:
    origin = " and ".join(map(str, row.claims))
    verdict = f"{row.verdict}: {_reason(row, row.reason)}" if row.reason else row.verdict
    said = [verdict, *row.notes, *(_live_text(row, live) for live in row.live or ())]
    return columns(row.name, origin, "; ".join(said))


def _reason(row: Checked, reason: str | None) -> str:
    """What an error says, without the backend's name, which stands in front of the line."""
    said = reason or ""
    for beginning in (f"{row.name}: ", f"{row.name} ", f"the backend {row.name!r} "):
        said = said.removeprefix(beginning)
    return said


def _live_text(row: Checked, live: Live) -> str:
    from openrange.cli.progress import change
    from openrange.cli.show import usage_line

    failed = f"failed: {_reason(row, live.reason)}"
    parts = [f"{live.request} request {'ok' if live.is_ok else failed}"]
    if live.seconds is not None:
        parts.append(f"{live.seconds:.1f} s")
    if live.usage.get("requests"):
        parts.append(usage_line(live.usage))
    parts += [one_line(change(told["step"], told)) for told in live.changes]
    return ", ".join(parts)
