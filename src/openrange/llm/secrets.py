"""Keys: where they come from, and how they are kept out of everything but the request."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from openrange.errors import LLMBackendError
from openrange.llm.pasted import unwrapped

REDACTED = "[redacted]"
_ESCAPE = re.compile(r"\\[ux]|%[0-9A-Fa-f]{2}|&#")
# What HTML calls the characters that keys are made of, beside letters and digits.
_NAMES = {
    "&": "amp",
    "<": "lt",
    ">": "gt",
    '"': "quot",
    "'": "apos",
    "/": "sol",
    "+": "plus",
    "=": "equals",
    "-": "hyphen",
    "_": "lowbar",
    ".": "period",
    ":": "colon",
    "@": "commat",
    "%": "percnt",
    "#": "num",
    "$": "dollar",
}
_LETTERS = {"\n": "n", "\r": "r", "\t": "t"}
# A key shorter than this is a dummy such as "k" for a local server. Replacing it anywhere
# would tear words apart, so it is replaced only where it stands alone.
_SHORT = 8


@dataclass(frozen=True, slots=True)
class Key:
    """A secret that shows in no repr, and so in no traceback that prints local variables.

    Args:
        value: The secret itself.
        source: Where it comes from, such as `OPENAI_API_KEY`, for messages.
    """

    value: str = field(repr=False)
    source: str = field(default="api_key", compare=False)

    @property
    def is_dummy(self) -> bool:
        """Whether it is too short to be a secret: a word for a server that wants any key."""
        return len(self.value) < _SHORT


def find_key(api_key: str | None, api_key_env: str | None) -> Key | None:
    """The key to send: the given one, or else that of an environment variable, read now.

    Args:
        api_key: A key given in code.
        api_key_env: The name of a variable.

    Returns:
        The key without the white space and the quotes around it, and without the name of its
        variable or `Bearer` in front; None when there is none.

    Raises:
        LLMBackendError: Of kind `not-configured`, when the key holds a character that an HTTP
            header cannot carry. The message does not show the key.
    """
    source = "api_key"
    key = api_key
    if key is None and api_key_env:
        source, key = api_key_env, os.environ.get(api_key_env)
    key = unwrapped(key or "")
    for pasted in (f"{source}=", "Bearer "):
        key = unwrapped(key.removeprefix(pasted))
    if any(not 0x20 < ord(character) < 0x7F for character in key):
        raise LLMBackendError(
            f"the key in {source} holds a space, a control character or a non-ASCII character; "
            "copy it again",
            kind="not-configured",
        )
    return Key(key, source) if key else None


def require_key(backend: str, api_key: str | None, api_key_env: str | None) -> Key:
    """The key to send, of a backend that cannot do without one.

    Args:
        backend: The backend's name.
        api_key: A key given in code.
        api_key_env: The name of a variable.

    Returns:
        The key.

    Raises:
        LLMBackendError: Of kind `not-configured`, naming the backend and what to set: there is no
            key, or one that an HTTP header cannot carry.
    """
    try:
        key = find_key(api_key, api_key_env)
    except LLMBackendError as error:
        problem = str(error)
    else:
        if key is not None:
            return key
        problem = (
            f"no key: set {'api_key' if api_key is not None else api_key_env or 'api_key_env'}"
        )
    raise LLMBackendError(f"{backend}: {problem}", kind="not-configured")


def redact(text: str, secrets: Iterable[Key]) -> str:
    """Replace every secret in a text, also where a library wrote it in an escape of its own.

    Known are the escapes of JSON, JavaScript, Python, HTML and URLs, of single characters or of
    all, up to four times over one another.

    Args:
        text: Any text.
        secrets: What must not be seen.

    Returns:
        The text with `[redacted]` in their place.
    """
    has_escapes = _ESCAPE.search(text) is not None
    for secret in sorted({key.value for key in secrets}, key=len, reverse=True):
        # Letters and digits are escaped by hardly anybody, and a search for one run is fast.
        run = max(re.findall(r"[A-Za-z0-9]*", secret), key=len)
        if not secret or not (has_escapes or run in text):
            continue
        pattern = "".join(map(_in_any_escape, secret))
        if len(secret) < _SHORT:
            pattern = rf"(?<![\w-]){pattern}(?![\w-])"
        text = re.sub(pattern, REDACTED, text)
    return text


def _in_any_escape(character: str) -> str:
    """A pattern of all the ways in which a character may be written."""
    code = ord(character)
    units = character.encode("utf-16-be", "surrogatepass")
    pairs = [units[at : at + 2].hex() for at in range(0, len(units), 2)]
    octets = [f"{octet:02x}" for octet in character.encode("utf-8", "surrogatepass")]
    name = f"|{_NAMES[character]}" if character in _NAMES else ""
    ways = [
        "".join(rf"\\{{1,8}}u{pair}" for pair in pairs),
        "".join(rf"%(?:25){{0,4}}{octet}" for octet in octets),
        rf"&(?:amp;){{0,4}}(?:\#x0{{0,6}}{code:x}|\#0{{0,6}}{code}{name});?",
    ]
    if code < 0x100:
        ways.append(rf"\\{{1,8}}x{code:02x}")
    if letter := _LETTERS.get(character):
        ways.append(rf"\\{{1,8}}{letter}")
    plain = re.escape(character) if character.isalnum() else rf"\\{{0,8}}{re.escape(character)}"
    return f"(?:{plain}|(?i:{'|'.join(ways)}))"
