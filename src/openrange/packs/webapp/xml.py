"""A small reader of XML: elements, attributes and text. It loads nothing, and knows no types."""

from __future__ import annotations

import re
from collections.abc import Mapping

MOST_ELEMENTS = 60
DEEPEST = 12
LONGEST_TEXT = 4_000
_TOKEN = re.compile(r"<(/?)([A-Za-z_][\w.:-]*)([^<>]*?)(/?)>|<\?[^<>]*\?>|<!--.*?-->", re.DOTALL)
_ATTRIBUTE = re.compile(r"([\w.:-]+)\s*=\s*(?:\"([^\"]*)\"|'([^']*)')")
_REFERENCE = re.compile(r"&(#?[\w.-]*);?")
_KNOWN = {"amp": "&", "lt": "<", "gt": ">", "quot": '"', "apos": "'"}


class MalformedError(Exception):
    """A document that is not read; the reason is for whoever sent it."""


class Element:
    """An element, and the text that stands in it."""

    __slots__ = ("attributes", "name", "text")

    def __init__(self, name: str, attributes: Mapping[str, str]) -> None:
        self.name = name
        self.attributes = attributes
        self.text = ""


def elements(text: str, entities: Mapping[str, str] | None = None) -> list[Element]:
    """The elements of a document.

    Args:
        text: The document, without a document type.
        entities: What its own entities stand for, as text.

    Returns:
        The elements, in the order in which they begin.

    Raises:
        MalformedError: It is malformed, has a document type or an unknown entity, or is too large.
    """
    found: list[Element] = []
    opened: list[Element] = []
    known = {**(entities or {}), **_KNOWN}
    position = size = 0
    text = text.strip()
    while position < len(text):
        if text[position] != "<":
            end = text.find("<", position)
            end = len(text) if end < 0 else end
            said = _REFERENCE.sub(lambda at: _meant(at[1], known), text[position:end])
            size += len(said)
            if size > LONGEST_TEXT:
                raise MalformedError("it is too large")
            if not opened:
                raise MalformedError("text stands outside of the root element")
            opened[-1].text += said
            position = end
            continue
        token = _TOKEN.match(text, position)
        if token is None:
            what = "a document type" if text.startswith("<!DOCTYPE", position) else "no tag"
            raise MalformedError(f"at character {position} there is {what}")
        position = token.end()
        closing, name, inside, empty = token.groups()
        if name is None:
            continue
        if closing:
            if not opened or opened.pop().name != name:
                raise MalformedError(f"{name} ends, and did not begin")
            continue
        if found and not opened:
            raise MalformedError("there is a second root element")
        found.append(Element(name, {n: a or b for n, a, b in _ATTRIBUTE.findall(inside)}))
        if len(found) > MOST_ELEMENTS or len(opened) >= DEEPEST:
            raise MalformedError("it is too large")
        opened += [] if empty else [found[-1]]
    if opened or not found:
        raise MalformedError("the root element does not end")
    return found


def _meant(name: str, known: Mapping[str, str]) -> str:
    number = re.fullmatch(r"#(?:x([0-9A-Fa-f]{1,5})|([0-9]{1,6}))", name, re.ASCII)
    if number:
        code = int(number[1], 16) if number[1] else int(number[2])
        return chr(code) if 32 <= code < 0xD800 else "\ufffd"
    if name not in known:
        raise MalformedError(f"the entity {name} is not defined")
    return known[name]
