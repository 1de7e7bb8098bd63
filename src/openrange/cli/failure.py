"""How a command fails: one clear sentence, one exit status, never a traceback."""

from __future__ import annotations

import json
from dataclasses import dataclass

import click

from openrange.errors import (
    AdmissionError,
    BackendNotFoundError,
    ConfigError,
    LLMBackendError,
    ManifestError,
    OpenRangeError,
    PackError,
)
from openrange.llm.secrets import Key, redact
from openrange.llm.text import one_line

USAGE, BACKEND, NOT_ADMITTED, INTERRUPTED, OTHER = 2, 3, 4, 130, 1


@dataclass(slots=True)
class Invocation:
    """What the end of a command needs to know of its course.

    Args:
        as_json: Whether the user asked for JSON.
        backend: The backend that is at work, once it is known.
        keys: What that backend may send, and must not be seen.
    """

    as_json: bool = False
    backend: str | None = None
    keys: tuple[Key, ...] = ()

    def redacted(self, text: str) -> str:
        """Any text without the keys of the backend and of the environment."""
        from openrange.plugins.known_keys import known_keys

        own = (key for key in self.keys if not key.is_dummy)
        return redact(text, (*known_keys(), *own))


def exit_status(error: Exception) -> int:
    """The status of the process that fails with an error.

    Args:
        error: What ended the command.

    Returns:
        2 for bad usage, manifest, configuration, pack, or a backend that cannot be used; 3 for a
        backend that failed; 4 for a world that was not admitted; 130 when interrupted; else 1.
    """
    if isinstance(error, click.exceptions.Abort):
        return INTERRUPTED
    if isinstance(error, click.ClickException):
        return error.exit_code
    if isinstance(error, LLMBackendError):
        return USAGE if error.kind == "not-configured" else BACKEND
    if isinstance(error, ManifestError | ConfigError | PackError | BackendNotFoundError):
        return USAGE
    return NOT_ADMITTED if isinstance(error, AdmissionError) else OTHER


def show_failure(error: Exception, invocation: Invocation) -> None:
    """Print an error: a line on standard error, or an object on standard output.

    Args:
        error: What ended the command.
        invocation: Whether JSON was asked for, and which backend was at work.
    """
    message = invocation.redacted(_sentence(error))
    if not invocation.as_json:
        click.echo(f"openrange: error: {message}", err=True)
        return
    document = {
        "type": _type(error),
        "message": message,
        "backend": invocation.backend,
        "status": getattr(error, "status", None),
        "retryable": bool(getattr(error, "retryable", False)),
    }
    click.echo(json.dumps({"error": document}))


def _sentence(error: Exception) -> str:
    if isinstance(error, click.exceptions.Abort):
        return "interrupted"
    if isinstance(error, click.ClickException):
        hint = error.ctx.command_path if isinstance(error, click.UsageError) and error.ctx else ""
        see = f" (see `{hint} --help`)" if hint else ""
        return one_line(error.format_message()).rstrip(".") + see
    if isinstance(error, OpenRangeError):
        return one_line(str(error))
    if isinstance(error, OSError):  # ours are named where they happen: this is the output's
        return one_line(f"cannot write the output: {error.strerror or type(error).__name__}")
    return one_line(f"unexpected {type(error).__name__}: {error}; please report this as a bug")


def _type(error: Exception) -> str:
    if isinstance(error, click.exceptions.Abort):
        return "Interrupted"
    return "UsageError" if isinstance(error, click.ClickException) else type(error).__name__
