"""Which proxy a request goes by, as curl and requests read the environment."""

from __future__ import annotations

import ipaddress
import os
import re
import urllib.request
from dataclasses import dataclass, field
from urllib.parse import SplitResult, urlsplit

from openrange.errors import LLMBackendError

_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy.

    Args:
        address: Its URL, which may hold a user and a password.
        source: The variable that names it, such as `HTTPS_PROXY`.
    """

    address: SplitResult = field(repr=False)
    source: str

    def __str__(self) -> str:
        """Where it is and who says so, without its password."""
        host = self.address.netloc.rpartition("@")[2]
        return f"{self.address.scheme}://{host} ({self.source})"


def proxy_for(url: str) -> Proxy | None:
    """The proxy for a URL.

    `HTTP_PROXY` or `HTTPS_PROXY` by the scheme of the URL, or else `ALL_PROXY`, in either case,
    or else the system's own settings. `NO_PROXY` names hosts, domains, networks and ports, parted
    by commas or white space.

    Args:
        url: An http or https URL.

    Returns:
        The proxy; None where the host is asked directly.

    Raises:
        LLMBackendError: Of kind `not-configured`: it is a sort of proxy that is not supported.
    """
    parts = urlsplit(url)
    known = urllib.request.getproxies()
    scheme = parts.scheme if known.get(parts.scheme) else "all"
    given = known.get(scheme)
    host = parts.hostname or ""
    if not given or is_direct(url) or urllib.request.proxy_bypass(parts.netloc.rpartition("@")[2]):
        return None
    names = (f"{scheme}_proxy", f"{scheme.upper()}_PROXY")
    source = next((name for name in names if os.environ.get(name)), "the system's settings")
    address = _address(given)
    if address is None:
        raise LLMBackendError(
            f"the proxy's URL in {source} is malformed; write the special characters of a password "
            "as %23 and the like",
            kind="not-configured",
        )
    if address.scheme != "http" or not address.hostname:
        raise LLMBackendError(
            f"a proxy of type {address.scheme} is not supported; set an http:// proxy in {source}, "
            f"or name {host} in NO_PROXY",
            kind="not-configured",
        )
    return Proxy(address, source)


def _address(given: str) -> SplitResult | None:
    """A proxy's URL; None where it ends before its host, in the middle of its password."""
    try:
        address = urlsplit(given if "://" in given else f"http://{given}")
        port = address.port
    except ValueError:
        return None
    is_whole = port != 0 and "@" not in f"{address.path}{address.query}{address.fragment}"
    return address if is_whole else None


def is_direct(url: str) -> bool:
    """Whether `NO_PROXY` names the host of a URL.

    Args:
        url: An http or https URL.

    Returns:
        True where it stands there itself, or by its domain, its network or `*`.
    """
    parts = urlsplit(url)
    host = (parts.hostname or "").lower().rstrip(".")
    port = parts.port or _PORTS.get(parts.scheme)
    listed = os.environ.get("no_proxy") or os.environ.get("NO_PROXY") or ""
    return any(_names(entry, host, port) for entry in re.split(r"[\s,]+", listed) if entry)


def _names(entry: str, host: str, port: int | None) -> bool:
    entry = entry.lower().rpartition("://")[2]
    if entry == "*":
        return True
    if "/" in entry:
        try:
            return ipaddress.ip_address(host) in ipaddress.ip_network(entry, strict=False)
        except ValueError:
            return False
    if match := re.fullmatch(r"(\[[^]]*\]|[^:]*):(\d{1,5})", entry):
        if int(match[2]) != port:
            return False
        entry = match[1]
    name = entry.strip("[]").removeprefix("*").strip(".")
    return bool(name) and (host == name or host.endswith(f".{name}"))
