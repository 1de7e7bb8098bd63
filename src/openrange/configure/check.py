"""Whether each installed backend could be used now, and why not, as values to show."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Collection, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

from openrange.configure import check_runner
from openrange.configure.check_child import BROKEN, NOT_CONFIGURED, READY, REQUESTS, Live
from openrange.configure.check_runner import Ended, examine
from openrange.configure.layers import Layer
from openrange.configure.resolver import configured
from openrange.configure.trust import leaves
from openrange.errors import OpenRangeError
from openrange.llm.secrets import Key, redact
from openrange.llm.text import one_line, presentable
from openrange.plugins.entry_points import Entry
from openrange.plugins.groups import BACKEND
from openrange.plugins.known_keys import known_keys
from openrange.plugins.registry import Plugins, way_out

BLOCKED, CLAIMED_TWICE = "blocked", "claimed twice"

_STAGES = {
    "start": "the start of its process",
    "import": "its import",
    "make": "its construction or preflight",
    "end": "the end of its process",
}
_NEXT_STEPS = ("block it", "upgrade the package")
_MAX_TEXT = 600
_MAX_LAST = 200


@dataclass(frozen=True, slots=True)
class Checked:
    """What is to be said about one name.

    Args:
        name: The backend's name.
        claims: Who registers it.
        verdict: `ready`, `not configured`, `broken`, `blocked` or `claimed twice`.
        reason: Why it is not ready, with the next step.
        notes: What is no fault but worth knowing.
        seconds: How long its import took; None if it was not imported.
        live: The outcome of each request; None if nothing was to be asked, or it is not ready.
    """

    name: str
    claims: tuple[Entry, ...]
    verdict: str
    reason: str | None = None
    notes: tuple[str, ...] = ()
    seconds: float | None = None
    live: tuple[Live, ...] | None = None


def check(
    names: Collection[str],
    layers: Sequence[Layer],
    *,
    is_live: bool = False,
    show: Callable[[str], object] = lambda line: None,
) -> list[Checked]:
    """Examine backends, each in a process of its own, as a build that names it would use it.

    Nothing of theirs is imported into this process, and text that comes from them is one line
    without control characters or keys.

    Args:
        names: The names; none stands for every one that is installed.
        layers: The layers of the configuration, without the command's.
        is_live: Whether to send two small requests to each that is ready.
        show: Is told what is being done.

    Returns:
        One verdict a name, sorted.

    Raises:
        BackendNotFoundError: There is no such name.
    """
    plugins = configured(layers)
    wanted = sorted(set(names)) or plugins.names(BACKEND)
    for name in wanted:
        if not plugins.registered(BACKEND, name):
            plugins.find(BACKEND, name)  # which raises
    found = {name: _without_import(plugins, name) for name in wanted}
    to_run = [name for name, checked in found.items() if checked is None]
    keys = keys_to_hide(layers)
    for ended in examine(to_run, layers, is_live=is_live, show=show):
        entry = plugins.find(BACKEND, ended.name)
        checked = judged(entry, ended, keys, is_live=is_live)
        said = (checked.reason or "").removeprefix(f"the backend {entry.name!r} of {entry} ")
        found[entry.name] = replace(checked, reason=said or None)
    return [checked for checked in found.values() if checked is not None]


def _without_import(plugins: Plugins, name: str) -> Checked | None:
    """The verdict on a name that no class can be had for; None for one that has to be imported."""
    claims = tuple(plugins.claims(BACKEND, name))
    reason: str
    try:
        plugins.find(BACKEND, name)
    except OpenRangeError as error:
        reason = one_line(str(error))
    else:
        return None
    if plugins.is_blocked(name):
        return Checked(name, tuple(plugins.registered(BACKEND, name)), BLOCKED, reason)
    verdict = CLAIMED_TWICE if len(claims) > 1 else NOT_CONFIGURED  # or pinned to nobody
    return Checked(name, claims, verdict, reason)


def judged(entry: Entry, ended: Ended, keys: Sequence[Key], *, is_live: bool) -> Checked:
    """What follows from how an examination ended.

    Args:
        entry: What was examined.
        ended: How that ended.
        keys: What must not be seen.
        is_live: Whether requests were to be sent.

    Returns:
        The verdict.
    """

    def text(said: str | None) -> str | None:
        return None if said is None else presentable(said, _MAX_TEXT, keys)

    report, live = ended.report, None
    verdict, reason = report.verdict or "", text(report.reason)
    if is_live and verdict == READY:
        live = tuple(
            replace(
                each,
                reason=text(each.reason),
                changes=tuple({k: text(v) or "" for k, v in told.items()} for told in each.changes),
            )
            for each in report.live
        )
    problem = text(_fault(ended, one_line(redact(ended.last_words, keys))[-_MAX_LAST:]))
    if problem and live is not None and report.stage in REQUESTS:
        live = (*live, Live(report.stage, is_ok=False, reason=problem))
    elif problem or not verdict:
        reason = (reason if verdict == BROKEN else problem) or "it ended without a verdict"
        verdict, live = BROKEN, None
    if verdict == BROKEN and reason and not any(step in reason for step in _NEXT_STEPS):
        reason = f"{reason}; {way_out(entry.name)}"
    notes = tuple(presentable(note, _MAX_TEXT, keys) for note in report.notes)
    return Checked(entry.name, (entry,), verdict, reason, notes, report.seconds, live)


def _fault(ended: Ended, last_words: str) -> str | None:
    """What is wrong with the way in which the process ended; None if nothing is."""
    stage = ended.report.stage
    if ended.status == 0 and stage == "end":
        return None
    doing = _STAGES.get(stage, "its answer")
    if ended.status is not None:
        words = f"; it printed at last: {last_words}" if last_words else ""
        verb = "fails" if stage in ("start", "end") else "ends the process"
        return f"{doing} {verb} ({_name_of(ended.status)}){words}"
    if not ended.is_late:
        return f"{doing} prints more than {check_runner.MAX_OUTPUT_BYTES:,} bytes"
    if stage == "end" and ended.report.threads:
        names = ", ".join(ended.report.threads)
        return f"it leaves a thread behind ({names}), so that the process does not end"
    return f"{doing} takes longer than {ended.seconds:g} seconds"


def _name_of(status: int) -> str:
    with suppress(ValueError):
        if status < 0:
            return signal.Signals(-status).name
    return f"status {status}"


def keys_to_hide(layers: Sequence[Layer]) -> tuple[Key, ...]:
    """What must not be shown: every key that is known here, and those that a layer names.

    Args:
        layers: The layers of the configuration.

    Returns:
        The keys.
    """
    named = [
        os.environ.get(value, "").strip()
        for layer in layers
        for path, value in leaves(layer.options)
        if path[-1].endswith("_env") and isinstance(value, str)
    ]
    return (*known_keys(), *(Key(value) for value in named if value))
