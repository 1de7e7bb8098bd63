"""What a build shows while it works: a live line on a terminal, plain lines in a pipe."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import TYPE_CHECKING

import click

from openrange.llm.recording import EventSink
from openrange.llm.text import presentable

if TYPE_CHECKING:
    from rich.console import Console

_MIN_COLUMNS = 20
_FORMS = {"native": "structured output", "json": "JSON mode", "prompt": "the prompt alone"}


@contextmanager
def progress(backend: str, *, silent: bool, verbose: bool = False) -> Iterator[EventSink]:
    """Show the steps of a build on standard error.

    Args:
        backend: Who designs the world.
        silent: Show nothing but what was mended of the user's own settings.
        verbose: Show each request and reply as well.

    Yields:
        The event sink that shows them.
    """
    plain = _sink(backend, lambda line, lasting: click.echo(line, err=True), verbose)
    if silent:
        yield lambda step, data: plain(step, data) if step == "llm_mended" else None
    elif (console := _terminal()) is None:
        yield plain
    else:
        with _live_line(console) as show:
            yield _sink(backend, show, verbose)


@contextmanager
def live_line(*, silent: bool) -> Iterator[Callable[[str], object]]:
    """Show what is being done, on a terminal alone: it is worth nothing once it is done.

    Args:
        silent: Show nothing there either.

    Yields:
        Shows a line in place of the one before.
    """
    if silent or (console := _terminal()) is None:
        yield _ignore
    else:
        with _live_line(console) as show:
            yield lambda line: show(presentable(line, 500), False)


def _terminal() -> Console | None:
    """The terminal on standard error, if there is one that has room for a line."""
    if sys.stderr is None or not sys.stderr.isatty():
        return None
    from rich.console import Console

    console = Console(stderr=True)
    return console if console.width >= _MIN_COLUMNS else None


@contextmanager
def _live_line(console: Console) -> Iterator[Callable[[str, bool], object]]:
    """A line on a terminal; what is lasting stays above it."""
    from rich.text import Text

    with console.status(Text("starting")) as status:

        def show(line: str, lasting: bool) -> None:
            if lasting:
                console.print(Text(line))
            else:
                status.update(Text(line))

        yield show


def _sink(backend: str, show: Callable[[str, bool], object], verbose: bool) -> EventSink:
    def sink(step: str, data: Mapping[str, object]) -> None:
        line, lasting = _line(backend, step, data)
        if not line and verbose:
            line, lasting = _detail(step, data), True
        if line:
            show(presentable(line, 500), lasting)

    return sink


def _line(backend: str, step: str, data: Mapping[str, object]) -> tuple[str, bool]:
    """What a step says, and whether it stays on the screen. Empty for steps that say nothing."""
    match step:
        case "attempt_started":
            return f"attempt {data['attempt']} of {data['of']}: {backend} designs the world", False
        case "design_received":
            return "the world is booted and tried", False
        case "admission_failed":
            return f"not admitted: {_failures(data)}", True
        case "admission_passed":
            return "admitted", False
        case "llm_retry":
            return f"{data['reason']}; trying again in {data['seconds']} s", True
        case "llm_reask" | "llm_fallback" | "llm_mended":
            return f"{data['backend']}: {change(step, data)}", True
    return "", False


def change(step: str, data: Mapping[str, object]) -> str:
    """What is asked otherwise than at first.

    Args:
        step: `llm_mended`, `llm_fallback` or `llm_reask`.
        data: What that event says.

    Returns:
        A part of a sentence, for a person.
    """
    match step:
        case "llm_mended":
            return f"{data['left_out']} is left out of {data['option']}"
        case "llm_reask":
            return f"{data['reason']}; asking once more"
    given_up, instead = f"{data['from']}", f"{data['to']}"
    if given_up in _FORMS:
        return f"asks by {_FORMS.get(instead, instead)} instead of {_FORMS[given_up]}"
    return f"asks without {given_up}, which is not taken"


def _detail(step: str, data: Mapping[str, object]) -> str:
    """What a request or a reply says, in short."""
    match step:
        case "llm_request":
            size = len(f"{data['system']}{data['prompt']}")
            form = f"{data['form']}"
            return f"{data['backend']}: asks {size:,} characters, by {_FORMS.get(form, form)}"
        case "llm_reply":
            text = f"{data['text']}"
            return f"{data['backend']}: {len(text):,} characters came back: {text[:200]}"
    return ""


def _failures(data: Mapping[str, object]) -> str:
    checks = data["checks"]
    assert isinstance(checks, list)
    return "; ".join(f"{c['name']}: {c['message']}" for c in checks if not c["passed"])


def _ignore(*said: object) -> None:
    """Shows nothing."""
