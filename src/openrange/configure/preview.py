"""What a build would take now, and what is in its way, as values to show."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from openrange.configure.check import judged, keys_to_hide
from openrange.configure.check_child import BROKEN, READY
from openrange.configure.check_runner import examine
from openrange.configure.resolver import Choice, dotted, make_backend
from openrange.configure.showing import to_show
from openrange.errors import OpenRangeError
from openrange.llm.contract import SupportsPreflight
from openrange.llm.secrets import redact
from openrange.llm.text import presentable
from openrange.plugins.entry_points import CORE, Entry, normalized
from openrange.plugins.groups import BACKEND

SECONDS = 10.0
"""How long the examination of the plugin that a variable chose may take."""

_MAX_NAME = 200  # characters of a name that a stranger's code gave


@dataclass(frozen=True, slots=True)
class Preview:
    """What a build would take now.

    Args:
        name: The backend's name.
        why: The reason, in words that follow "because".
        model: The model that it would ask, as far as that is known without asking.
        options: What was set: dotted option to value and source, without secrets.
        problem: Why the build would fail all the same; None if nothing is known to be wrong.
    """

    name: str
    why: str
    model: str | None
    options: Mapping[str, tuple[object, str]] = field(hash=False)
    problem: str | None


def preview(choice: Choice) -> Preview:
    """What a build would take. A plugin that detection chose is examined in a process of its own.

    Args:
        choice: What the configuration and the environment choose.

    Returns:
        The backend with its options, and what is known to be in its way.
    """
    problem: str | None = None
    options: Mapping[str, tuple[object, str]] = dotted(choice.options)
    model = options.get("model", (None, ""))[0]
    try:
        entry = choice.plugins.find(BACKEND, choice.name)
        if normalized(entry.distribution) == CORE:
            resolved = make_backend(choice)
            options = resolved.options
            model = getattr(resolved.backend, "model", None)
            if isinstance(resolved.backend, SupportsPreflight):
                resolved.backend.preflight()
        elif choice.variable is not None:
            model, options, problem = _examined(choice, entry, options)
    except OpenRangeError as error:
        problem = str(error)
    keys = keys_to_hide(choice.layers)
    shown = {
        presentable(option, _MAX_NAME, keys): (
            to_show(option, value, keys),
            presentable(source, _MAX_NAME, keys),
        )
        for option, (value, source) in options.items()
    }
    named = presentable(model, _MAX_NAME, keys) if isinstance(model, str) else None
    return Preview(choice.name, choice.why, named, shown, problem and redact(problem, keys))


def _examined(
    choice: Choice, entry: Entry, given: Mapping[str, tuple[object, str]]
) -> tuple[str | None, Mapping[str, tuple[object, str]], str | None]:
    """Model, options and problem of a plugin, as its examination reports them."""
    (ended,) = examine(
        [choice.name], choice.layers, is_live=False, variable=choice.variable, seconds=SECONDS
    )
    checked = judged(entry, ended, keys_to_hide(choice.layers), is_live=False)
    problem = None if checked.verdict == READY else checked.reason
    if problem and checked.verdict == BROKEN and repr(choice.name) not in problem:
        problem = f"the backend {choice.name!r} of {entry}: {problem}"
    report = ended.report
    return report.model, given if report.options is None else report.options, problem
