"""Keys and addresses as people paste them: what is plain is mended, the rest is said."""

from __future__ import annotations

import re
from urllib.parse import urlsplit, urlunsplit

_QUOTES = (*zip("\"'`", "\"'`", strict=True), ("\u201c", "\u201d"), ("\u2018", "\u2019"))
# What stands below the base of an API of OpenAI's kind.
_BELOW = tuple(
    f"/{name}" for name in ["chat/completions", "completions", "responses", "models", "embeddings"]
)
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")


def unwrapped(text: str) -> str:
    """Take off what a shell, an `.env` file or a document left around a value.

    Args:
        text: A key, an address or another value of one line.

    Returns:
        It without the blanks and the pair of quotes around it; no key and no address has them.
    """
    text = text.strip()
    for left, right in _QUOTES:
        if len(text) > 1 and text.startswith(left) and text.endswith(right):
            return text[1:-1].strip()
    return text


def mended_url(url: str) -> tuple[str, str | None]:
    """The base URL that is meant by what was pasted.

    Args:
        url: Such as `http://127.0.0.1:8000/v1/chat/completions`.

    Returns:
        The base URL, and what was left out of it, in words; None where it was right as it was.
    """
    plain = unwrapped(url)
    try:
        parts = urlsplit(plain)
    except ValueError:
        return plain, None
    path = _base(parts.path)
    if path == parts.path:
        return plain, None if plain == url else "the blanks or quotes around it"
    return urlunsplit(parts._replace(path=path)), parts.path[len(path) :].rstrip("/")


def _base(path: str) -> str:
    """The path of a base URL, without what stands below it."""
    bare = path.rstrip("/")
    end = next((end for end in _BELOW if bare.lower().endswith(end)), None)
    base = path if end is None else bare[: -len(end)].rstrip("/")
    # On Azure, `/models` is the base itself, and has no version in front.
    is_the_base = end == "/models" and not re.search(r"/v\d[^/]*$", base[-20:])
    return path if is_the_base else base


def problem_of_url(option: str, url: str) -> str | None:
    """What keeps a base URL from being used, without showing a password in it.

    Args:
        option: What the URL is called.
        url: The URL.

    Returns:
        The problem in words, or None.
    """
    if "@" in url:
        return f"{option} must not hold a user name; put the key in api_key_env"
    if is_usable(url):
        return None
    problem = f"{option} must be an http or https URL, not {url!r}"
    if not _SCHEME.match(url) and is_usable(f"http://{url}"):
        host = urlsplit(f"http://{url}").hostname or ""
        is_local = "." not in host or host.replace(".", "").isdigit()
        problem += f"; write {'http' if is_local else 'https'}://{url}"
    return problem


def hint_of_version(asked: str) -> str | None:
    """What to try where a base URL lacks the version that most have.

    Args:
        asked: The URL that was asked.

    Returns:
        The next step; None where it has a version.
    """
    parts = urlsplit(asked)
    base = _base(parts.path).rstrip("/")
    if re.search(r"/v\d", base):
        return None
    return f"most base URLs end in /v1: try {parts.scheme}://{parts.netloc}{base}/v1"


def is_usable(url: str) -> bool:
    """Whether a text is an http or https URL with a host.

    Args:
        url: Any text.

    Returns:
        True if a request can be sent there.
    """
    try:
        parts = urlsplit(url)
        return parts.scheme in ("http", "https") and bool(parts.hostname) and parts.port != 0
    except ValueError:
        return False
