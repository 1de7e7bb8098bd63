"""A snapshot as one page for a browser, which loads nothing and runs nothing."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from html import escape

from openrange.cli.show import baselines_line, usage_line
from openrange.core.pack import Place, Topology
from openrange.core.provenance import is_admitted_here, pack_of
from openrange.core.snapshot import Snapshot
from openrange.errors import PackError
from openrange.llm.text import one_line, presentable, raised

_STYLE = """
:root { color-scheme: light dark; --line: color-mix(in srgb, currentColor 30%, transparent); }
body { font: 1rem/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.4rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
code, pre { font-family: ui-monospace, monospace; font-size: .9em; overflow-wrap: anywhere; }
pre { white-space: pre-wrap; border: 1px solid var(--line); border-radius: .4rem; padding: 1rem; }
.places { display: flex; flex-wrap: wrap; gap: .8rem; padding: 0; list-style: none; }
.places > li { border: 1px solid var(--line); border-radius: .4rem; padding: .8rem 1rem; }
.places ul { margin: .4rem 0 0; padding-left: 1.1rem; font-size: .9em; }
th { text-align: left; vertical-align: top; padding: .15rem 1.2rem .15rem 0; font-weight: 600; }
summary { cursor: pointer; }
"""


def page_of(snapshot: Snapshot) -> str:
    """A snapshot as one HTML page.

    Args:
        snapshot: The snapshot.

    Returns:
        The page: its task, its parts, its admission and where it comes from; how it is solved, and
        all that an agent has to find out, is folded away.
    """
    topology, problem = _topology(snapshot)
    title = f"World {snapshot.id[:12]}"
    sections = [
        f"<h1>{title}</h1>",
        *(
            f"<h2>Task {_text(task.id)}</h2><pre>{_lines(task.instruction)}</pre>"
            for task in snapshot.tasks
        ),
        "<h2>Parts</h2>",
        *([f"<p>{_text(problem)}</p>"] if problem else []),
        _list("ul", map(_place, topology.places), "places"),
        "<h2>Admission</h2>",
        _table(_admission(snapshot)),
        "<h2>Lineage</h2>",
        _table(_lineage(snapshot)),
        "<h2>Answer</h2>",
        _folded("How it is solved", _list("ol", map(_text, topology.steps))),
        _folded(
            "All that an agent has to find out",
            f"<pre>{_lines(json.dumps(snapshot.world, indent=2, ensure_ascii=False))}</pre>",
        ),
    ]
    body = "\n".join(filter(None, sections))
    policy = "default-src 'none'; style-src 'unsafe-inline'"
    return (
        '<!DOCTYPE html>\n<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        f'<meta http-equiv="Content-Security-Policy" content="{policy}">\n'
        '<meta name="viewport" content="width=device-width">\n'
        f"<title>{title}</title>\n<style>{_STYLE}</style>\n</head>\n<body>\n{body}\n</body>\n"
        "</html>\n"
    )


def _topology(snapshot: Snapshot) -> tuple[Topology, str | None]:
    """The pack's picture of the world, and what keeps it from being had."""
    try:
        return pack_of(snapshot).topology(snapshot.world), None
    except PackError as error:
        return Topology(), str(error)
    except Exception as error:  # noqa: BLE001 - a file from elsewhere may hold any world
        return (
            Topology(),
            f"the pack {snapshot.pack_id!r} does not know this world: {raised(error)}",
        )


def _place(place: Place) -> str:
    offers = _list("ul", map(_text, place.offers))
    return f"<strong>{_text(place.name)}</strong> <code>{_text(place.address)}</code>{offers}"


def _admission(snapshot: Snapshot) -> list[tuple[str, str]]:
    checks = snapshot.metadata.get("admission")
    rows = [
        (
            str(check.get("name")),
            f"{'passed' if check.get('passed') is True else 'FAILED'}: {check.get('message')}",
        )
        for check in (checks if isinstance(checks, list) else [])
        if isinstance(check, Mapping)
    ]
    where = "by this installation" if is_admitted_here(snapshot) else "by another installation"
    told = baselines_line(snapshot.metadata.get("baselines"))
    return [*rows, ("admitted", where), *([("baselines", told)] if told else [])]


def _lineage(snapshot: Snapshot) -> list[tuple[str, str]]:
    metadata = snapshot.metadata
    rows = [("snapshot", snapshot.id), ("pack", f"{snapshot.pack_id} {snapshot.pack_version}")]
    rows += [
        (name.replace("_", " "), str(metadata[name]))
        for name in ("made_with", "backend", "model", "prompt", "created", "attempts", "seconds")
        if metadata.get(name) is not None
    ]
    if isinstance(usage := metadata.get("usage"), Mapping):
        rows.append(("usage", usage_line(usage)))
    manifest = metadata.get("manifest")
    return [*rows, ("manifest", json.dumps(manifest, ensure_ascii=False))] if manifest else rows


def _table(rows: Iterable[tuple[str, str]]) -> str:
    cells = (f"<tr><th>{_text(name)}</th><td>{_text(value)}</td></tr>" for name, value in rows)
    return f"<table>{''.join(cells)}</table>"


def _list(tag: str, entries: Iterable[str], kind: str = "") -> str:
    items = "".join(f"<li>{entry}</li>" for entry in entries)
    named = f' class="{kind}"' if kind else ""
    return f"<{tag}{named}>{items}</{tag}>" if items else ""


def _folded(title: str, content: str) -> str:
    return f"<details><summary>{title}</summary>{content}</details>" if content else ""


def _text(text: str) -> str:
    return escape(presentable(text, 2_000))


def _lines(text: str) -> str:
    """Text whose lines and indents are kept, and of which nothing else can do anything."""
    return "\n".join(
        escape(line[: len(line) - len(line.lstrip(" "))] + one_line(line))
        for line in text.splitlines()
    )
