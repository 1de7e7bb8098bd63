"""What is passed over without stopping anything, and would otherwise only be missed."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from openrange.configure.layers import Layer
from openrange.plugins.entry_points import (
    BACKENDS,
    CORE,
    DETECT,
    Entry,
    installed,
    names_of_the_core,
    normalized,
    scan,
)
from openrange.plugins.hints import near_misses


@dataclass(frozen=True, slots=True)
class Problem:
    """Something that is wrong beside the backends that can be asked for.

    Args:
        source: Where it is wrong: a distribution, a folder of metadata, a file or a variable.
        text: What is wrong.
        is_fault: Whether something that is installed is broken.
    """

    source: str
    text: str
    is_fault: bool = False


def problems(layers: Sequence[Layer]) -> list[Problem]:
    """Everything of that sort, from metadata and configuration alone.

    Args:
        layers: The layers of the configuration.

    Returns:
        Distributions that cannot be read or are there twice, claims of the core's names, and what
        is blocked or pinned in vain.
    """
    found = [Problem(item.folder, item.problem, is_fault=True) for item in scan().unreadable]
    found += [
        Problem(
            copy.distribution,
            f"two copies of {copy.distribution}: {copy.used} is used, {copy.ignored} is ignored",
        )
        for copy in scan().copies
    ]
    blocks = [block for layer in layers for block in layer.block]
    reserved = names_of_the_core(BACKENDS)
    found += [
        Problem(
            str(entry),
            f"its backend {entry.name!r} is ignored: that name is the core's own",
        )
        for entry in installed()
        if entry.group == BACKENDS
        and entry.name in reserved
        and normalized(entry.distribution) != CORE
        and not any(block.is_distribution(entry) for block in blocks)
    ]
    named = [entry for entry in installed() if entry.group != DETECT]
    for layer in layers:
        found += _blocked_in_vain(layer, named)
        found += _pinned_in_vain(layer, named, reserved)
    return found


def _blocked_in_vain(layer: Layer, entries: Sequence[Entry]) -> Iterator[Problem]:
    known = {name: None for entry in entries for name in (entry.name, entry.distribution)}
    for block in layer.block:
        if not any(map(block.covers, entries)) and not any(map(block.is_distribution, installed())):
            hint = near_misses(block.word, list(known))
            yield Problem(block.source, f"nothing of the name {block.word!r} is installed{hint}")


def _pinned_in_vain(
    layer: Layer, entries: Sequence[Entry], reserved: set[str]
) -> Iterator[Problem]:
    for name, distribution in layer.pin.items():
        source = f"[plugins] pin in {layer.source}"
        owners = {
            normalized(entry.distribution): entry.distribution
            for entry in entries
            if entry.name == name
            and (entry.name not in reserved or normalized(entry.distribution) == CORE)
        }
        if not owners:
            hint = near_misses(name, list({entry.name for entry in entries}))
            yield Problem(source, f"no backend or pack {name!r} is installed{hint}")
        elif normalized(distribution) not in owners:
            hint = near_misses(distribution, list(owners.values()))
            text = f"{name!r} is pinned to {distribution!r}, which does not provide it{hint}"
            yield Problem(source, text)
