"""From what LiteLLM raises to an `LLMBackendError`.

LiteLLM wraps a provider's answer in an exception of its own, of which neither class, nor status,
nor text can be relied on: a refused connection is a status 500, a 403 is one of three classes, and
the text may hold a traceback. So what counts is what was seen on the wire: the last answer, or the
broken connection. Nothing of the exception is kept: its frames and requests hold the key.
"""

from __future__ import annotations

import re
import socket
import ssl
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

from openrange.llm import (
    Key,
    LLMBackendError,
    asked_to_wait,
    connection_failure,
    heard,
    http_failure,
    is_about_the_schema,
    proxy_for,
    redact,
    timed_out,
)
from openrange_litellm.bounds import Bounds

_MAX_DETAIL = 2000
_MAX_CHAIN = 30

# "litellm.RateLimitError: AnthropicException - {…}": what LiteLLM puts in front.
_PREFIX = re.compile(
    r"^\s*(litellm\.)?[A-Za-z_]\w*(Error|Exceptions?|Timeout)\b( [\w ]{0,40}?)?\s*[:-](\s+|$)"
)
# What it appends: a traceback, an advertisement, settings of its own that do not exist here.
_SUFFIX = re.compile(
    r"(Traceback \(most recent call last\)|This looks like a bug in LiteLLM"
    r"|Received Model Group=|LiteLLM Retried:|\.? Handle with `litellm|Give Feedback / Get Help"
    r"|For more information check:|If the provider accepts this parameter|To drop these, set"
    r"|\.\s*Docs: http|Learn more: http).*",
    re.DOTALL,
)
_NO_MODULE = re.compile(r"No module named '([\w.]+)'|[Mm]issing optional dependency '([\w.]+)'")
_INSTALL = re.compile(r"pip install (?:-\w+ )*[\"'`]?([A-Za-z][\w-]*)")
_PACKAGES = {
    "boto3": "boto3",
    "botocore": "boto3",
    "databricks": "databricks-sdk",
    "google": "google-auth",
    "google-cloud-aiplatform": "google-auth",  # LiteLLM's advice, of which this is what it uses
    "litellm": "google-auth",  # the same advice: `litellm[google]`
    "vertexai": "google-auth",
}
# The extras of this distribution.
_EXTRAS = {"boto3": "bedrock", "google-auth": "google", "mcp": "mcp"}
# Said of what a provider has to be told besides its key, such as an account or an address.
_NOT_TOLD = re.compile(
    r"\bapi[_ ]base\b.*\b(required|set)\b|\bMust provide one of the `base_url`|^Missing \w"
    r"|^No credentials found",
    re.IGNORECASE,
)
_NO_CREDENTIALS = {
    "NoCredentialsError": "no AWS credentials: set AWS_BEARER_TOKEN_BEDROCK, or sign in to AWS",
    "PartialCredentialsError": "the AWS credentials are incomplete: set AWS_BEARER_TOKEN_BEDROCK",
    "ProfileNotFound": "there is no AWS profile of that name: check AWS_PROFILE",
    "DefaultCredentialsError": "no Google credentials: set GOOGLE_APPLICATION_CREDENTIALS, or run "
    "`gcloud auth application-default login`",
}


@dataclass(frozen=True, slots=True)
class Call:
    """What a failed call was, as far as its error needs it.

    Args:
        provider: Its name in LiteLLM.
        key_source: Where the key comes from, for the next step.
        timeout: Seconds that the call was allowed to take.
        api_base: Where requests are sent, if not to the provider's own host.
        stays: Whether each of them has to go there: none signs in elsewhere.
        secrets: Keys to keep out of the error.
    """

    provider: str
    key_source: str
    timeout: float
    api_base: str | None
    secrets: tuple[Key, ...] = ()
    stays: bool = False


def translated(error: BaseException, call: Call, bounds: Bounds) -> LLMBackendError:
    """Say what happened.

    Args:
        error: Whatever LiteLLM raised.
        call: The call that failed.
        bounds: What was seen of its requests.

    Returns:
        An error that leads to no other, with the original's type and text as `detail`.
    """
    chain = [*_chain(error)]
    failure = (
        _from_answer(chain, call, bounds)
        or _from_transport([*_chain(bounds.fault), *chain], call, bounds)
        or _from_surroundings(chain)
        or _from_litellm(chain, call)
    )
    failure.detail = redact(f"{type(error).__name__}: {error}", call.secrets)[:_MAX_DETAIL]
    return failure


def _chain(error: BaseException | None) -> Iterator[BaseException]:
    """The error and all that it leads to, outermost first."""
    seen: set[int] = set()
    waiting = [error]
    while waiting and len(seen) < _MAX_CHAIN:
        current = waiting.pop(0)
        if current is not None and id(current) not in seen:
            seen.add(id(current))
            yield current
            waiting += [current.__cause__, current.__context__]


def _from_answer(chain: list[BaseException], call: Call, bounds: Bounds) -> LLMBackendError | None:
    """The failure that an HTTP answer stands for, if that was the last thing to happen."""
    if bounds.answered is None or bounds.answered.is_success:
        return None
    return http_failure(
        bounds.answered.status_code,
        _words(bounds.answered.text) or _words(str(chain[0])),
        key_source=call.key_source,
        secrets=call.secrets,
        retry_after=asked_to_wait(bounds.answered.headers),
        document=bounds.answered.text,
        asked=bounds.asked,
        proxy=_proxy(bounds),
    )


def _proxy(bounds: Bounds) -> str:
    """The proxy by which the last request went, in words; empty where it went directly."""
    with suppress(LLMBackendError):  # of a sort that is known to the HTTP library alone
        proxy = proxy_for(bounds.asked) if bounds.asked else None
        return "" if proxy is None else str(proxy)
    return "of the environment"


def _from_transport(
    chain: list[BaseException], call: Call, bounds: Bounds
) -> LLMBackendError | None:
    """The failure of a connection, if the chain holds one."""
    broken = [error for error in chain if _is_of_transport(error)]
    names = {name for error in broken for name in _classes(error)}
    if "NewConnectionError" in names:
        names -= {"ConnectTimeoutError", "TimeoutError"}  # its bases in urllib3
    if any("timeout" in name.lower() for name in names | {type(error).__name__ for error in chain}):
        return timed_out(call.timeout)
    if not broken:
        return None
    where = urlsplit(bounds.asked or call.api_base or "").netloc.rpartition("@")[2]
    is_ours = names & {"InvalidURL", "LocalProtocolError", "UnsupportedProtocol"}
    otherwise = ValueError() if is_ours else ConnectionError()
    deepest = next((error for error in reversed(chain) if isinstance(error, OSError)), otherwise)
    refused = next((error for error in broken if "ProxyError" in _classes(error)), None)
    return connection_failure(
        OSError(str(refused)) if refused is not None else deepest,
        where or _host(broken) or call.provider,
        proxy=_proxy(bounds),
    )


def _host(broken: list[BaseException]) -> str:
    """Whom another library than httpx asked, such as `requests`, to sign in."""
    urls = (getattr(getattr(error, "request", None), "url", None) for error in broken)
    return next((urlsplit(str(url)).netloc for url in urls if url), "")


def _from_surroundings(chain: list[BaseException]) -> LLMBackendError | None:
    """What is missing on this machine: a package, or an account to sign in with."""
    for error in chain:
        name = type(error).__name__
        if name in _NO_CREDENTIALS:
            return LLMBackendError(_NO_CREDENTIALS[name], kind="not-configured")
    for error in reversed(chain):
        missing = _missing_package(error)
        if missing:
            extra = _EXTRAS.get(missing)
            install = f"'openrange-litellm[{extra}]'" if extra else missing
            return LLMBackendError(
                f"the package {missing} is missing, which LiteLLM needs for this model; "
                f"run: pip install {install}",
                kind="not-configured",
            )
    return None


def _from_litellm(chain: list[BaseException], call: Call) -> LLMBackendError:
    """The failure of LiteLLM itself, which has no status, whatever it says.

    Either it sent nothing, or the reply was one that it does not understand.
    """
    names = {type(error).__name__ for error in chain}
    texts = (_words(str(getattr(error, "message", "") or error)) for error in chain)
    said = next((text for text in texts if text), "no message")
    if "LLM Provider NOT provided" in said or "LiteLLMUnknownProvider" in names:
        problem = "LiteLLM knows no provider for this model; write it as provider/model"
        return LLMBackendError(problem, kind="not-configured")
    if _NOT_TOLD.search(said):
        return LLMBackendError(said, kind="not-configured")
    if is_about_the_schema(said):
        return LLMBackendError(said, kind="unsupported")
    if any(type(error) is Exception and hasattr(error, "status_code") for error in chain):
        return LLMBackendError(f"the response carries an error: {said}", kind="server")
    if "JSONDecodeError" in names:
        problem = f"{call.provider} answered with something other than JSON; check the address"
        return LLMBackendError(problem, kind="server")
    if mistake := next((error for error in reversed(chain) if _is_mistake(error)), None):
        return LLMBackendError(f"LiteLLM failed with {type(mistake).__name__}: {said}")
    outermost = type(chain[0]).__name__
    if outermost == "AuthenticationError":
        return LLMBackendError(f"{said}; check {call.key_source}", kind="not-configured")
    if outermost in ("BadRequestError", "NotFoundError", "UnsupportedParamsError"):
        return LLMBackendError(said, kind="rejected")
    return LLMBackendError(f"the response cannot be used: {said}", kind="server")


def _is_of_transport(error: BaseException) -> bool:
    if isinstance(error, ConnectionError | TimeoutError | socket.gaierror | ssl.SSLError):
        return True
    module = type(error).__module__.partition(".")[0]
    return bool(
        module in ("httpcore", "httpcore2", "httpx", "httpx2", "requests", "urllib3")
        or {"HTTPClientError", "EndpointConnectionError"} & _classes(error)  # botocore
    )


def _is_mistake(error: BaseException) -> bool:
    """Whether it is what Python raises where code meets a value that it did not expect."""
    module = type(error).__module__.partition(".")[0]
    is_plain = type(error) in (Exception, StopIteration)
    return module in ("builtins", "pydantic_core") and not is_plain


def _classes(error: BaseException) -> set[str]:
    return {of.__name__ for of in type(error).__mro__}


def _missing_package(error: BaseException) -> str | None:
    text = str(error)
    module = error.name if isinstance(error, ImportError) else None
    if not module and (match := _NO_MODULE.search(text)):
        module = match[1] or match[2]
    if module:
        top = module.partition(".")[0]
        return _PACKAGES.get(top, top)
    match = _INSTALL.search(text)
    return _PACKAGES.get(match[1], match[1]) if match else None


def _words(text: str) -> str:
    """The provider's own words: without what LiteLLM puts around them, and out of their JSON."""
    text = _SUFFIX.sub("", text).strip()
    while (shorter := _PREFIX.sub("", text, 1)) != text:
        text = shorter
    return heard(text).words
