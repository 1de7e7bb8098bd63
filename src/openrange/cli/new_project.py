"""What the commands that write a project have in common."""

from __future__ import annotations

import shlex
from pathlib import Path

import click


def checked_directory(directory: str | None) -> Path | None:
    """The directory that somebody gave, if they did.

    Args:
        directory: As it was given.

    Returns:
        The directory, or None.

    Raises:
        click.UsageError: It is no name that can be used and shown.
    """
    if directory == "":
        raise click.UsageError("DIRECTORY is empty; leave it out, or give `.`")
    if directory is not None and not directory.isprintable():
        raise click.UsageError(f"DIRECTORY has a character that cannot be shown: {directory!r}")
    return None if directory is None else Path(directory)


def change_to(target: Path) -> list[str]:
    """The command that goes to a directory, to paste; none for the working directory."""
    place = str(target)
    if place.startswith("-"):  # which `cd` would take for an option
        place = f"./{place}"
    return [] if target == Path() else [f"cd {shlex.quote(place)}"]


def written(what: str, target: Path, files: list[str]) -> list[str]:
    """What was written where, in lines for a person."""
    where = "the working directory" if target == Path() else target
    return [f"Wrote {what} into {where}:", "", *(f"  {file}" for file in files)]
