"""What a shell may complete. It is asked at every press of a key, and so it never complains."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterable
from functools import wraps
from typing import TypeAlias

import click
from click.shell_completion import CompletionItem

Complete: TypeAlias = Callable[[click.Context, click.Parameter, str], list[CompletionItem]]

# A shell inserts the word as it is; one that means something to the shell is not for completion.
_PLAIN = re.compile(r"[\w.+@-]+", re.A)
_SHORT_ID = 12


def _quietly(
    complete: Callable[[click.Context, click.Parameter, str], Iterable[CompletionItem]],
) -> Complete:
    @wraps(complete)
    def quiet(
        context: click.Context, parameter: click.Parameter, word: str
    ) -> list[CompletionItem]:
        try:
            return list(complete(context, parameter, word))
        except Exception:  # noqa: BLE001 - a bad configuration file, say: there is nobody to tell
            return []

    return quiet


@_quietly
def backend_names(
    context: click.Context, parameter: click.Parameter, word: str
) -> Iterable[CompletionItem]:
    """The installed backends that are not blocked, and the providers of theirs that are set up.

    Args:
        context: The command line so far.
        parameter: What is completed.
        word: Its beginning.

    Yields:
        Their names, without those that were given before.
    """
    from openrange.configure.layers import read_layers
    from openrange.configure.resolver import configured
    from openrange.plugins.groups import BACKEND
    from openrange.plugins.providers import known_providers

    plugins = configured(read_layers(config=context.params.get("config")))
    given = context.params.get(parameter.name or "")
    before = given if isinstance(given, tuple) else ()
    names = plugins.names(BACKEND)
    providers = known_providers().values() if parameter.name == "backend" else ()
    ready = [
        each.name
        for each in providers
        if each.backend in names and any(os.environ.get(name) for name in each.variables)
    ]
    for name in [*names, *sorted(ready)]:
        is_offered = name not in before and not plugins.is_blocked(name)
        if name.startswith(word) and is_offered and _PLAIN.fullmatch(name):
            yield CompletionItem(name)


@_quietly
def snapshot_ids(
    context: click.Context, parameter: click.Parameter, word: str
) -> Iterable[CompletionItem]:
    """The ids in the store, in short where that is enough; a file where there is none.

    Args:
        context: The command line so far.
        parameter: What is completed.
        word: Its beginning.

    Yields:
        The ids, or what tells the shell to complete a file's name.
    """
    from openrange.core.store import DEFAULT_DIRECTORY, SnapshotStore

    ids = SnapshotStore(context.params.get("store") or DEFAULT_DIRECTORY).ids(word)
    if not ids:
        yield CompletionItem(word, type="file")
    shorts = [snapshot_id[:_SHORT_ID] for snapshot_id in ids]
    for snapshot_id, short in zip(ids, shorts, strict=True):
        is_enough = len(word) <= _SHORT_ID and shorts.count(short) == 1
        yield CompletionItem(short if is_enough else snapshot_id)
