"""Whether a text gives a flag away, plain or in a common encoding."""

from __future__ import annotations

import base64
import codecs
import html
import re
from collections.abc import Iterator
from urllib.parse import unquote


def leaks(text: str, flag: str) -> bool:
    """Whether a flag can be read off a text by somebody who has nothing but the text.

    It is looked for as it is, without its wrapping, reversed, in ROT13, in hexadecimal, base32,
    base64 (at any offset, in both alphabets, and once more within base64), percent-encoded, as
    HTML or backslash entities, and with separators between its characters.

    Args:
        text: What was seen: a page with its headers, say.
        flag: The flag.

    Returns:
        True if it is there.
    """
    core = flag[flag.find("{") + 1 : -1] if flag.endswith("}") else flag
    needles = {needle.lower() for needle in _encodings(core)}
    for view in _views(text):
        folded = view.lower()
        if any(needle in folded for needle in needles):
            return True
    return False


def _encodings(core: str) -> Iterator[str]:
    for spelled in (core, core[::-1]):
        yield spelled
        yield codecs.encode(spelled, "rot13")
        yield spelled.encode().hex()
        yield base64.b32encode(spelled.encode()).decode().rstrip("=")[:-1]
        yield from _base64(spelled.encode())
        for inner in _base64(spelled.encode()):
            yield from _base64(inner.encode())
    yield " ".join(str(ord(character)) for character in core)
    yield ",".join(str(ord(character)) for character in core)
    yield "%" + "%".join(f"{ord(character):02x}" for character in core)


def _base64(raw: bytes) -> Iterator[str]:
    """The characters that raw shares with any longer text's base64, for each of three offsets."""
    for offset in range(3):
        whole = base64.b64encode(b"\0" * offset + raw).decode().rstrip("=")
        first = (offset * 8 + 5) // 6
        last = (offset + len(raw)) * 8 // 6
        yield whole[first:last]


def _views(text: str) -> Iterator[str]:
    """The text as it is, decoded, and without what may stand between the characters of a flag."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    yield _ESCAPES.sub(lambda match: chr(int(match.group(1), 16)), text)
    bare = html.unescape(_TAGS.sub("", text))
    yield re.sub(r"[\W_]+", "", bare)
    yield re.sub(r"\s+", "", bare)


_ESCAPES = re.compile(r"\\(?:x|u00)([0-9a-fA-F]{2})")
_TAGS = re.compile(r"<[^<>]*>")
