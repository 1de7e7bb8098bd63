"""Keys: where they come from, and how they are kept out of everything but the request."""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from urllib.parse import quote

from openrange.errors import LLMBackendError

REDACTED = "[redacted]"
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
        The key without surrounding white space, or None when there is none.

    Raises:
        LLMBackendError: Of kind `not-configured`, when the key holds a character that an HTTP
            header cannot carry. The message does not show the key.
    """
    source = "api_key"
    key = api_key
    if key is None and api_key_env:
        source, key = api_key_env, os.environ.get(api_key_env)
    key = (key or "").strip()
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
    """Replace every secret in a text, also where it is quoted for a URL or a JSON string.

    Args:
        text: Any text.
        secrets: What must not be seen.

    Returns:
        The text with `[redacted]` in their place.
    """
    for secret in sorted((key.value for key in secrets), key=len, reverse=True):
        # `ascii` is how Python shows it in an error about a header.
        quoted = {quote(secret, safe=""), json.dumps(secret)[1:-1], ascii(secret)[1:-1]}
        for form in {secret, *quoted}:
            if len(secret) >= _SHORT:
                text = text.replace(form, REDACTED)
            else:
                alone = rf"(?<![\w-]){re.escape(form)}(?![\w-])"
                text = re.sub(alone, REDACTED, text)
    return text
