"""What a built or inspected world looks like, to a person and to a machine."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from pathlib import Path

from openrange.core.builder import Built
from openrange.core.provenance import is_admitted_here
from openrange.core.snapshot import Snapshot
from openrange.llm.text import one_line, presentable

_INDENT = "             "


def build_document(built: Built) -> dict[str, object]:
    """The result of a build, as JSON.

    Args:
        built: The world.

    Returns:
        Identity, place and tasks of the world, and what it took to build it.
    """
    return {
        "snapshot_id": built.snapshot.id,
        "path": None if built.file is None else str(built.file),
        "tasks": [{"id": t.id, "instruction": t.instruction} for t in built.snapshot.tasks],
        "backend": built.backend,
        "model": built.model,
        "attempts": built.attempts,
        "usage": built.usage.to_mapping(),
        "seconds": round(built.seconds, 3),
    }


def build_text(built: Built) -> str:
    """The result of a build, for a person.

    Args:
        built: The world.

    Returns:
        A few lines.
    """
    snapshot_id = built.snapshot.id
    model = f" ({one_line(built.model)})" if built.model else ""
    attempts = f"{built.attempts} attempt{'' if built.attempts == 1 else 's'}"
    lines = [
        "The world is admitted: its task was solved on the running world, and is not given away.",
        "",
        f"  snapshot   {snapshot_id}",
        f"  file       {one_line(str(built.file))}",
        f"  designed   by {built.backend}{model}, {attempts}, {built.seconds:.1f} s",
        f"  usage      {usage_line(built.usage.to_mapping())}",
        *_tasks(built.snapshot),
        "",
        f"See it with: openrange inspect {snapshot_id[:12]}{_store_flag(built.file)}",
    ]
    return "\n".join(lines)


def inspect_document(snapshot: Snapshot, path: Path) -> dict[str, object]:
    """A snapshot, as JSON.

    Args:
        snapshot: The snapshot.
        path: Its file.

    Returns:
        Everything that its file holds, and where that is.
    """
    return {
        "snapshot_id": snapshot.id,
        "path": str(path),
        "pack": {"id": snapshot.pack_id, "version": snapshot.pack_version},
        "tasks": [{"id": t.id, "instruction": t.instruction} for t in snapshot.tasks],
        "world": snapshot.world,
        "artifacts": snapshot.artifacts,
        "admitted_here": is_admitted_here(snapshot),
        "metadata": snapshot.metadata,
    }


def inspect_text(snapshot: Snapshot, path: Path) -> str:
    """A snapshot, for a person.

    Args:
        snapshot: The snapshot.
        path: Its file.

    Returns:
        What the world is, with everything that an agent has to find out.
    """
    metadata = snapshot.metadata
    usage = metadata.get("usage")
    lines = [
        f"  snapshot   {snapshot.id}",
        f"  file       {one_line(str(path))}",
        f"  pack       {one_line(snapshot.pack_id)} {one_line(snapshot.pack_version)}",
    ]
    lines += [
        f"  {name:<10} {one_line(str(metadata[name]))}"
        for name in ("backend", "model", "created")
        if metadata.get(name)
    ]
    if isinstance(usage, Mapping):
        lines.append(f"  usage      {usage_line(usage)}")
    checks = metadata.get("admission")
    lines += [
        f"  admitted   {one_line(str(check.get('message')))}"
        for check in (checks if isinstance(checks, list) else [])
        if isinstance(check, Mapping)
    ]
    where = "here" if is_admitted_here(snapshot) else "by another installation; see --verify"
    lines.append(f"  admitted   {where}")
    if told := baselines_line(metadata.get("baselines")):
        lines.append(f"  baselines  {told}")
    lines += _tasks(snapshot)
    lines += ["", "The world, with what an agent has to find out:", ""]
    lines += [f"  {line}" for line in _tree(snapshot.world)]
    return "\n".join(lines)


def usage_line(usage: Mapping[str, object]) -> str:
    """What requests used, in one line.

    Args:
        usage: The numbers by name; None is unknown.

    Returns:
        Such as `1 request, 812 tokens in, 402 out, $0.0031`.
    """
    requests = usage.get("requests")
    parts = [f"{requests} request{'' if requests == 1 else 's'}"]
    names = {
        "input_tokens": "tokens in",
        "output_tokens": "tokens out",
        "cached_tokens": "cached",
        "reasoning_tokens": "reasoning",
    }
    parts += [f"{usage[key]:,} {name}" for key, name in names.items() if _is_number(usage, key)]
    if _is_number(usage, "cost_usd"):
        parts.append(f"${usage['cost_usd']:.4f}")
    return one_line(", ".join(parts))


def baselines_line(baselines: object) -> str:
    """Which fixed scripts solve a world, in one line.

    Args:
        baselines: The requests that each took, by name; None for one that does not solve it.

    Returns:
        Such as `1 of 7 scripts solves it: sql_injection/string (12 requests)`; empty if none ran.
    """
    if not isinstance(baselines, Mapping) or not baselines:
        return ""
    solved = [f"{name} ({n} requests)" for name, n in baselines.items() if n is not None]
    verb = "solves" if len(solved) == 1 else "solve"
    which = f": {', '.join(solved)}" if solved else ""
    return one_line(f"{len(solved)} of {len(baselines)} scripts {verb} it{which}")


def _is_number(usage: Mapping[str, object], key: str) -> bool:
    return isinstance(usage.get(key), int | float)


def _tasks(snapshot: Snapshot) -> list[str]:
    lines = []
    for task in snapshot.tasks:
        lines.append(f"  task       {one_line(task.id)}")
        # Line by line as the agent gets it; a terminal wraps what is too long for it.
        lines += [(_INDENT + one_line(line)).rstrip() for line in task.instruction.splitlines()]
    return lines


def _store_flag(path: Path | None) -> str:
    if path is None or path.parent == Path("snapshots"):
        return ""
    return f" --store {shlex.quote(one_line(str(path.parent)))}"


def _tree(value: object, depth: int = 0) -> Iterator[str]:
    """A JSON value as indented lines, of which none can do anything to a terminal."""
    pad = "  " * depth
    pairs = (
        value.items()
        if isinstance(value, Mapping)
        else ((f"- {number}", item) for number, item in enumerate(value, 1))
        if isinstance(value, list | tuple)
        else ()
    )
    for key, item in pairs:
        name = one_line(str(key))
        if isinstance(item, Mapping | list | tuple):
            yield f"{pad}{name}:"
            yield from _tree(item, depth + 1)
        else:
            yield f"{pad}{name}: {presentable(str(item), 300)}"
