"""Whether a flag is given away by a text, however it is spelled there."""

from __future__ import annotations

import base64
import codecs
import html
import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from functools import lru_cache
from urllib.parse import unquote


def leaks(text: str, flag: str) -> bool:
    """Whether a flag can be read off a text by somebody who has nothing but the text.

    It is looked for as it is, without its wrapping, reversed, in ROT13, in hexadecimal, base32 and
    base64 (at any offset, and once more within base64), percent-encoded, as decimal codes, as HTML
    entities or backslash escapes, in full-width letters, and with tags or separators between its
    characters.

    Args:
        text: What was seen: a page with its headers, say.
        flag: The flag.

    Returns:
        True if it is there.
    """
    return leaked(text, [flag]) is not None


def leaked(text: str, secrets: Sequence[str]) -> str | None:
    """Which of several flags, or keys, a text gives away; otherwise as `leaks` does.

    Args:
        text: What was seen.
        secrets: The flags.

    Returns:
        The first of them that is there, or None.
    """
    views = [view.lower() for view in _views(text)]
    for secret in secrets:
        if any(needle in view for needle in _needles(secret) for view in views):
            return secret
    return None


@lru_cache(maxsize=32)
def _needles(flag: str) -> frozenset[str]:
    core = flag[flag.find("{") + 1 : -1] if flag.endswith("}") else flag
    return frozenset(needle.lower() for needle in _encodings(core))


def _encodings(core: str) -> Iterator[str]:
    for spelled in (core, core[::-1]):
        yield spelled
        yield codecs.encode(spelled, "rot13")
        yield spelled.encode().hex()
        yield from _shared(spelled.encode(), base64.b32encode, bits=5)
        for inner in _shared(spelled.encode(), base64.b64encode, bits=6):
            yield inner
            yield from _shared(inner.encode(), base64.b64encode, bits=6)
    yield " ".join(str(ord(character)) for character in core)
    yield ",".join(str(ord(character)) for character in core)
    yield "%" + "%".join(f"{ord(character):02x}" for character in core)


def _shared(raw: bytes, encode: Callable[[bytes], bytes], bits: int) -> Iterator[str]:
    """The characters that raw shares with the encoding of any longer text, for each offset.

    A character stands for so many bits; the encoding repeats its alignment after as many bytes at
    most.
    """
    for offset in range(bits):
        whole = encode(b"\0" * offset + raw).decode()
        yield whole[-(-offset * 8 // bits) : (offset + len(raw)) * 8 // bits]


def _views(text: str) -> Iterator[str]:
    """The text as it is, decoded, and without what may stand between the characters of a flag."""
    yield text
    yield html.unescape(text)
    yield unquote(text)
    yield _unescaped(text)
    for visible in (text, _TAGS.sub("", text)):
        decoded = _unescaped(unquote(html.unescape(visible)))
        plain = unicodedata.normalize("NFKC", decoded)
        yield re.sub(r"\s+", "", plain)
        yield re.sub(r"0x|[\W_]+", "", plain)


def _unescaped(text: str) -> str:
    return _ESCAPES.sub(lambda match: chr(int(match.group(1), 16)), text)


_ESCAPES = re.compile(r"\\(?:x|u00|u\{0*)([0-9a-fA-F]{2})\}?")
_TAGS = re.compile(r"<[^<>]*>")
