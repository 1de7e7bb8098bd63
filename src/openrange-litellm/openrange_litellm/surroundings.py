"""What the environment of a worker holds: an allow-list, and what one provider signs in with."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator
from pathlib import Path

from openrange.llm import is_direct
from openrange_litellm.library import ENVIRONMENT
from openrange_litellm.providers import Provider

# What a Python program and its libraries need, on Linux and on macOS.
_NEEDED = """
    PATH HOME USER LOGNAME SHELL TMPDIR TZ LANG LANGUAGE LC_* LD_LIBRARY_PATH DYLD_* XDG_*
    __CF_USER_TEXT_ENCODING PYTHONDONTWRITEBYTECODE PYTHONHOME PYTHONPYCACHEPREFIX PYTHONUTF8
"""
# Proxies and certificates, also under the names that LiteLLM documents.
_NETWORK = """
    ALL_PROXY HTTP_PROXY HTTPS_PROXY NO_PROXY all_proxy http_proxy https_proxy no_proxy
    CURL_CA_BUNDLE REQUESTS_CA_BUNDLE SSL_CERT_DIR SSL_CERT_FILE
    SSL_CERTIFICATE SSL_ECDH_CURVE SSL_SECURITY_LEVEL SSL_VERIFY
"""
_IS_PROXY = re.compile(r"(ALL|HTTPS?|NO)_PROXY", re.IGNORECASE).fullmatch
_NAMES_A_FILE = re.compile(r"(BUNDLE|CERTIFICATE|CREDENTIALS|DIR|FILE|PATH)$")


def needed() -> dict[str, str]:
    """What every worker is given when it starts.

    Returns:
        Variables by name.
    """
    return {**dict(_set(*_NEEDED.split())), **ENVIRONMENT}


def own(
    provider: Provider | None, place: str | None = None, *, signs_in: bool = False
) -> dict[str, str]:
    """What a worker is given besides, of which each set of values has a worker of its own.

    Args:
        provider: How the provider is signed in to, if that counts.
        place: Where its API is, if that is known.
        signs_in: Whether LiteLLM has to sign in by what it finds itself, for want of a key.

    Returns:
        The network's variables by name, and the provider's, which has none as a rule.
    """
    theirs = provider.settings if provider else ()
    secrets = provider.instead if provider and signs_in else ()
    found = dict(_set(*_NETWORK.split(), *theirs, *secrets))
    if place is not None and is_direct(place):  # by a network or a port, which not all can read
        return {name: value for name, value in found.items() if not _IS_PROXY(name)}
    for name in ("NO_PROXY", "no_proxy"):
        if name in found:  # of which the HTTP library reads commas alone
            found[name] = ",".join(re.split(r"[\s,]+", found[name].strip()))
    return found


def _set(*names: str) -> Iterator[tuple[str, str]]:
    """The variables of these names that are set; a name may end in `*`."""
    for named in names:
        found = [named]
        if named.endswith("*"):
            found = [name for name in os.environ if name.startswith(named[:-1])]
        for name in found:
            value = os.environ.get(name, "")
            if value.strip():
                yield name, _absolute(name, value)


def _absolute(name: str, value: str) -> str:
    """The same, also in another directory than this one."""
    if not _NAMES_A_FILE.search(name) or os.pathsep in value or value.startswith(os.sep):
        return value
    try:
        path = Path(value).expanduser()
        return str(path.absolute()) if path.exists() else value
    except (OSError, RuntimeError, ValueError):  # it is no path, or one without a home
        return value
