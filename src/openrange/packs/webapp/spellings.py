"""How the number of a record is spelled where people see it."""

from __future__ import annotations

import binascii

COUNTED = ("plain", "hex", "base36", "base64")
"""Spellings that tell the number, and so the next one."""
OPAQUE = ("code", "uuid")
"""Spellings that do not."""

_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz"


def spelled(spelling: str, number: int, digits: str = "") -> str:
    """A number as it stands in addresses.

    Args:
        spelling: One of `COUNTED`, or of `OPAQUE`.
        number: The number.
        digits: 32 random hexadecimal digits, of which an opaque one is made.

    Returns:
        Letters, digits and dashes.
    """
    if spelling == "hex":
        return f"x{number:x}"
    if spelling == "base36":
        text = ""
        while number:
            number, rest = divmod(number, 36)
            text = _DIGITS[rest] + text
        return f"n{text}"
    if spelling == "base64":
        return binascii.b2a_base64(f"no:{number}".encode(), newline=False).decode().rstrip("=")
    if spelling == "code":
        return f"K{digits[:9].upper()}"
    if spelling == "uuid":
        return f"{digits[:8]}-{digits[8:12]}-4{digits[13:16]}-a{digits[17:20]}-{digits[20:]}"
    return str(number)


def number_of(ident: str) -> tuple[str, int] | None:
    """The spelling and the number of an id, if it tells them.

    Args:
        ident: As `spelled` made it.

    Returns:
        One of `COUNTED`, and the number; None for an opaque id.
    """
    if ident.isdigit():
        return "plain", int(ident)
    try:
        if ident.startswith("x"):
            return "hex", int(ident[1:], 16)
        if ident.startswith("n"):
            return "base36", int(ident[1:], 36)
        decoded = binascii.a2b_base64(ident + "=" * (-len(ident) % 4))
        word, _, digits = decoded.partition(b":")
        return ("base64", int(digits)) if word == b"no" else None
    except ValueError:
        return None
