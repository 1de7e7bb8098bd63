"""LiteLLM itself: imported once, when it is first needed, and kept from changing the process."""

from __future__ import annotations

import importlib
import logging
import os
import sys
import threading
import warnings
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from types import ModuleType
from typing import Any, TypeVar

from openrange.llm import Key, LLMBackendError, redact

# Read while LiteLLM is imported: no price list and no header list from the network (both come with
# the package), and no `.env` file into the environment.
_QUIET = {
    "LITELLM_LOCAL_MODEL_COST_MAP": "True",
    "LITELLM_LOCAL_ANTHROPIC_BETA_HEADERS": "True",
    "LITELLM_MODE": "PRODUCTION",
}
# Written by LiteLLM for its tokenizer, whose files have been read when this is put back.
_WRITTEN = ("TIKTOKEN_CACHE_DIR",)
# Other people's loggers, whose level or filters LiteLLM changes.
_LOGGERS = (
    "apscheduler.executors.default",
    "apscheduler.scheduler",
    "asyncio",
    "backoff",
    "httpx",
    "uvicorn.access",
    "uvicorn.error",
)
# Where LiteLLM's code for a provider may be. Importing it compiles data models, which warns.
_CODE_OF_A_PROVIDER = (
    "chat.handler",
    "chat.transformation",
    "completion.handler",
    "completion.transformation",
)
# LiteLLM takes no HTTP client for their calls, and shows the body of their responses to nobody.
_SAYS_NOTHING = frozenset({"cohere", "cohere_chat"})
_OWN_LOGGERS = ("LiteLLM", "LiteLLM Proxy", "LiteLLM Router")
# Whose log holds addresses and header lines, which may echo a key.
_LOGGERS_OF_CLIENTS = ("botocore", "httpcore", "httpx", "openai", "urllib3")

T = TypeVar("T")


class _Hiding(logging.Filter):
    """Takes keys out of LiteLLM's log, which at level DEBUG holds whatever a provider says."""

    def __init__(self) -> None:
        super().__init__()
        self.secrets: frozenset[Key] = frozenset()

    def filter(self, record: logging.LogRecord) -> bool:
        if self.secrets:
            try:
                message = record.getMessage()
            except Exception:  # noqa: BLE001 - logging itself says that it is malformed
                return True
            record.msg, record.args = redact(message, self.secrets), ()
            if record.exc_info:
                text = logging.Formatter().formatException(record.exc_info)
                record.exc_info, record.exc_text = None, redact(text, self.secrets)
        return True


_HIDING = _Hiding()
_LISTENER: ContextVar[Callable[[str], object] | None] = ContextVar("listener", default=None)
_LOCK = threading.RLock()
_ready: ModuleType | None = None
_known: set[str] = set()
_hidden_from: list[logging.Logger] = []
_calls = 0


def load() -> ModuleType:
    """Import LiteLLM, unless that was done before.

    What it leaves behind in the process and cannot be avoided: its modules, its loggers, its hooks
    for the end of the process, and from the first call on its threads for logging. What is changed
    in it: `suppress_debug_info`; `client_session`, where it is not set, because only there LiteLLM
    takes an HTTP client for OpenAI's SDK (see `clients`); and its HTTP clients get listeners, which
    do nothing outside of our calls (see `overhear` and `bounds`).

    Returns:
        The module `litellm`.

    Raises:
        LLMBackendError: Of kind `not-configured`, when it cannot be imported.
    """
    global _ready
    if _ready is not None:
        return _ready
    problem: str
    with _LOCK:
        if _ready is not None:
            return _ready
        try:
            with _guard():
                module = importlib.import_module("litellm")
                _warm_up(module)
        except Exception as error:  # noqa: BLE001 - a broken installation may raise anything
            problem = f"{type(error).__name__}: {error}"
        else:
            _ready = module
            return module
    raise LLMBackendError(
        f"LiteLLM cannot be imported ({problem}); install it again: pip install litellm",
        kind="not-configured",
    )


def hide(secrets: Iterable[Key | None]) -> None:
    """Keep secrets out of LiteLLM's log from now on: it also writes there from threads of its own.

    Args:
        secrets: The keys of a call.
    """
    with _LOCK:
        _HIDING.secrets |= {key for key in secrets if key is not None}


@contextmanager
def hidden_from_clients() -> Iterator[None]:
    """Keep the same secrets out of the HTTP clients' logs as well, for the time of a call."""
    global _calls
    with _LOCK:
        _calls += 1
        if _calls == 1:
            made = [*logging.root.manager.loggerDict.items()]
            _hidden_from[:] = [
                logger
                for name, logger in made
                if isinstance(logger, logging.Logger)
                and name.partition(".")[0] in _LOGGERS_OF_CLIENTS
            ]
            for logger in _hidden_from:
                logger.addFilter(_HIDING)
    try:
        yield
    finally:
        with _LOCK:
            _calls -= 1
            if _calls == 0:
                for logger in _hidden_from:
                    logger.removeFilter(_HIDING)


def first_time(provider: str, look_up: Callable[[], T]) -> T:
    """Look something up in LiteLLM, which imports its code for a provider when it is first used.

    Args:
        provider: The provider's name.
        look_up: What to do, without any network.

    Returns:
        What it returns.
    """
    if provider in _known:
        return look_up()
    with _LOCK, _guard():
        result = look_up()
        # `cohere_chat` lives in the folder `cohere`.
        for folder in {provider, provider.rpartition("_")[0]} - {""}:
            for module in _CODE_OF_A_PROVIDER:
                _optional(f"litellm.llms.{folder}.{module}")
        _known.add(provider)
    return result


@contextmanager
def overhearing(listener: Callable[[str], object]) -> Iterator[None]:
    """Have the bodies of responses read out, for providers of which LiteLLM itself notes none.

    Args:
        listener: Receives each body.
    """
    token = _LISTENER.set(listener)
    try:
        yield
    finally:
        _LISTENER.reset(token)


def overhear(provider: str) -> None:
    """Make `overhearing` work for a provider that has to be overheard.

    Args:
        provider: Its name in LiteLLM.
    """
    if provider not in _SAYS_NOTHING:
        return
    handlers = _optional("litellm.llms.custom_httpx.http_handler")
    find = getattr(handlers, "get_httpx_client", None) or getattr(
        handlers, "_get_httpx_client", None
    )
    if find is None:
        return
    with _LOCK:
        listening = find(params={"ssl_verify": None}).client.event_hooks["response"]
        if _read_out not in listening:
            listening.append(_read_out)


def _read_out(response: Any) -> None:
    listener = _LISTENER.get()
    if listener is not None:
        response.read()
        listener(response.text)


@contextmanager
def _guard() -> Iterator[None]:
    """Put back whatever an import changes in the process."""
    with _environment(), _loggers(), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        yield


def _warm_up(module: Any) -> None:
    """Do now what LiteLLM would do at its first call, outside of the guard."""
    # The one setting of LiteLLM that is changed, because LiteLLM takes it only globally: without
    # it, every failure prints an advertisement to standard output.
    module.suppress_debug_info = True
    # Compiles its data model, which warns.
    module.ModelResponse()
    # Reads the list of beta headers, else from the network; and the tokenizer, which needs
    # TIKTOKEN_CACHE_DIR. Versions that lack one of the two do not do that at all.
    headers = _optional("litellm.anthropic_beta_headers_manager")
    if headers is not None and hasattr(headers, "_load_beta_headers_config"):
        headers._load_beta_headers_config()
    _optional("litellm.litellm_core_utils.default_encoding")


def _optional(name: str) -> ModuleType | None:
    try:
        return importlib.import_module(name)
    except Exception:  # noqa: BLE001 - what is needed and broken says so when it is used
        return None


@contextmanager
def _environment() -> Iterator[None]:
    before = {name: os.environ.get(name) for name in (*_QUIET, *_WRITTEN)}
    os.environ.update(_QUIET)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


@contextmanager
def _loggers() -> Iterator[None]:
    """Put back what was configured, and take LiteLLM's own handlers for standard error away."""
    is_ours = "litellm" not in sys.modules
    present = [logging.root, *(logging.getLogger(name) for name in _LOGGERS)]
    made = list(logging.root.manager.loggerDict.values())
    present += [logger for logger in made if isinstance(logger, logging.Logger)]
    before = [
        (logger, logger.level, logger.propagate, [*logger.handlers], [*logger.filters])
        for logger in present
        if logger.name not in _OWN_LOGGERS
    ]
    try:
        yield
    finally:
        for logger, level, propagate, handlers, filters in before:
            logger.setLevel(level)
            logger.propagate = propagate
            logger.handlers[:] = handlers
            logger.filters[:] = filters
        for name in _OWN_LOGGERS:
            logging.getLogger(name).addFilter(_HIDING)
            if is_ours:
                # Its records reach whoever configures logging, and else nobody.
                logging.getLogger(name).handlers[:] = [logging.NullHandler()]
