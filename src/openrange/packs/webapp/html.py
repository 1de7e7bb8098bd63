"""HTML by construction: what a template is given is escaped, unless it is HTML already."""

from __future__ import annotations

from collections.abc import Iterable

_ESCAPES = str.maketrans(
    {"&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;", "'": "&#x27;", "\0": "\ufffd"}
)


class Html(str):
    """Text that is HTML. Nothing but `html` and `joined` makes it."""

    __slots__ = ()


def html(template: str, **values: object) -> Html:
    """Fill in a template.

    Args:
        template: HTML of ours, with `{name}` for each value.
        values: What stands there: HTML as it is, and all else escaped.

    Returns:
        HTML.
    """
    return Html(template.format_map({name: _escaped(value) for name, value in values.items()}))


def joined(parts: Iterable[Html], between: str = "\n") -> Html:
    """HTML, one part after the other.

    Args:
        parts: The parts.
        between: What stands between them, as HTML.

    Returns:
        HTML.
    """
    return Html(between.join(parts))


def _escaped(value: object) -> str:
    if isinstance(value, Html):
        return value
    if isinstance(value, bytes):
        value = value.decode("utf-8", "replace")
    return "" if value is None else str(value).translate(_ESCAPES)
