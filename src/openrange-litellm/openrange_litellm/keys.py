"""Which key a provider is sent: its own, and never that of another provider."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from openrange.llm import Key, LLMBackendError, find_key
from openrange_litellm.providers import (
    DEFAULT_MODELS_BY_PLACE,
    key_variables,
    provider_called,
)

# Where LiteLLM is given no key it looks for one, and for every provider that speaks OpenAI's API
# (59 of them in 1.106) it ends up at OPENAI_API_KEY. So a key is always given, this one where a
# server needs none; only providers that are signed in to otherwise get none, and those do not look.
DUMMY = "none"

_SECRET_PARAM = re.compile(r"(key|token|secret|password|credentials|authorization)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class SignIn:
    """What to give LiteLLM as the key.

    Args:
        source: Where the key comes from or should stand, for errors.
        api_key: The value of LiteLLM's parameter of that name, if it is given one.
        key: The user's key; None when there is none to keep secret.
    """

    source: str
    api_key: str | None = field(default=None, repr=False)
    key: Key | None = None


def sign_in(
    provider: str,
    *,
    api_key: str | None,
    api_key_env: str | None,
    api_base: str | None,
    params: Mapping[str, object],
) -> SignIn:
    """Find a provider's key: `api_key`, else `api_key_env`, else the provider's own variables.

    Args:
        provider: Its name in LiteLLM.
        api_key: A key given in code.
        api_key_env: A variable that the user chose.
        api_base: Where the user sends requests, if not to the provider's own host.
        params: Further parameters of the call, which may sign in by themselves.

    Returns:
        What to send.

    Raises:
        LLMBackendError: Of kind `not-configured`, naming the variable to set.
    """
    known = provider_called(provider)
    if known.way == "device":
        problem = f"{provider} asks for a login in a browser, which cannot be done here"
        raise _not_configured(f"{problem}; choose a provider with a key")
    if api_key_env and api_key is None and api_base is None:
        # Else a configuration file could have one provider sent another's key.
        own = {*known.variables, *known.instead}
        others = {*key_variables(), *DEFAULT_MODELS_BY_PLACE} - own
        if api_key_env in others:
            hint = f"; set {known.variables[0]}" if known.variables else ""
            raise _not_configured(f"{api_key_env} does not hold a key of {provider}{hint}")
    if api_key is None and api_key_env in known.instead and os.environ.get(api_key_env, "").strip():
        return SignIn(api_key_env)
    variables = (api_key_env,) if api_key_env else known.variables
    sources = ("api_key",) if api_key is not None else variables
    for source in sources:
        if key := find_key(api_key, source):
            return SignIn(source, key.value, key)
    source = next(iter(sources), f"the credentials of {provider}")
    signs_in_otherwise = any(os.environ.get(name, "").strip() for name in known.instead)
    if known.way == "own" or signs_in_otherwise or not {*params}.isdisjoint(known.instead_params):
        return SignIn(source)
    if known.way == "local" or api_base is not None or address(provider):
        return SignIn(source, DUMMY)
    raise _not_configured(f"no key for {provider}: set {source}")


def address(provider: str) -> str | None:
    """Where a variable of the provider's own says that its API is.

    Args:
        provider: Its name in LiteLLM.

    Returns:
        The first of `<PROVIDER>_API_BASE` and `<PROVIDER>_BASE_URL` that is set, also with the name
        with which the variable of its key begins; else None.
    """
    keys = provider_called(provider).variables[:1]
    names = [re.sub(r"\W", "_", provider).upper(), *(k.removesuffix("_API_KEY") for k in keys)]
    for name in names:
        for end in ("API_BASE", "BASE_URL"):
            if value := os.environ.get(f"{name}_{end}", "").strip():
                return value
    host = os.environ.get("OLLAMA_HOST", "").strip() if names[0].startswith("OLLAMA") else ""
    return _address_of_ollama(host) if host else None


def _address_of_ollama(host: str) -> str:
    """The address behind Ollama's own variable, of which any part may be left out."""
    scheme, mark, rest = host.rpartition("://")
    name, colon, port = rest.partition("/")[0].rpartition(":")
    if not colon:
        name, port = port, "" if mark else "11434"
    name = "127.0.0.1" if name in ("", "0.0.0.0") else name  # noqa: S104 - where it listens
    return f"{scheme or 'http'}://{name}{port and f':{port}'}"


def secrets_in(provider: str | None, params: Mapping[str, object]) -> Iterator[Key]:
    """What else must not be seen: secrets that LiteLLM reads by itself, or that stand in `params`.

    Args:
        provider: Its name in LiteLLM, if it is known.
        params: Further parameters of the call.

    Yields:
        Each secret.
    """
    for name in provider_called(provider).instead if provider else ():
        yield from _keys(os.environ.get(name, ""))
    for name, value in params.items():
        if isinstance(value, Mapping):
            yield from secrets_in(None, value)
        elif isinstance(value, str) and (_SECRET_PARAM.search(name) or "header" in name):
            yield from _keys(value)


def _keys(value: str) -> Iterator[Key]:
    """A secret, and each long word of it: a header line starts with a scheme such as `Bearer`."""
    for part in {value.strip(), *(word for word in value.split() if len(word) >= 16)}:
        if part:
            yield Key(part)


def _not_configured(problem: str) -> LLMBackendError:
    return LLMBackendError(problem, kind="not-configured")
