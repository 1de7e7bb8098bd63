"""LiteLLM in the process of the tests, where its wire can be replaced, in the place of a worker."""

from __future__ import annotations

import contextvars
import json
import os
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import cache
from types import ModuleType
from typing import Any
from unittest import mock

import httpx
import pytest
from openrange_litellm import library, workers
from openrange_litellm.answer import answer
from openrange_litellm.bounds import Bounds
from openrange_litellm.surroundings import needed

from openrange.llm import within

try:
    import httpx2
except ImportError:  # of which OpenAI's SDK before 3.0 knows nothing
    httpx2 = None


@cache
def litellm() -> ModuleType:
    """LiteLLM, made quiet as in a worker."""
    with mock.patch.dict(os.environ, library.ENVIRONMENT):
        return library.load()


def ask(message: workers.Message, environment: Mapping[str, str], seconds: float) -> Any:
    """What `workers.ask` does, in this process; the environment is the worker's meanwhile."""
    request = json.loads(json.dumps(message))
    bounds = Bounds(request["call"]["timeout"])
    module = litellm()
    its_own = {**needed(), **environment}
    # As in a worker, with no warnings either.
    with mock.patch.dict(os.environ, its_own, clear=True), warnings.catch_warnings():
        warnings.simplefilter("ignore")
        answered = within(seconds, lambda: answer(module, request, bounds), abandon=bounds.cut)
    return json.loads(json.dumps(answered))


@contextmanager
def in_process(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Have backends ask LiteLLM in this process, with one wire for both HTTP libraries."""
    with monkeypatch.context() as patch:
        patch.setattr(workers, "ask", ask)
        if httpx2 is not None:
            bridge = httpx2.MockTransport(_by_httpx)
            patch.setattr(
                httpx2.HTTPTransport,
                "handle_request",
                lambda transport, request: bridge.handle_request(request),
            )
        yield


def _by_httpx(request: Any) -> Any:
    """A request of httpx2, sent by httpx, whose wire respx replaces."""
    given = httpx.Request(
        request.method, str(request.url), headers=request.headers.raw, content=request.read()
    )

    def send() -> httpx.Response:
        with httpx.Client(timeout=request.extensions["timeout"]["read"]) as client:
            return client.send(given)

    try:
        response = contextvars.Context().run(send)  # where no bounds are kept
    except httpx.TransportError as error:
        raise getattr(httpx2, type(error).__name__)(str(error), request=request) from error
    headers = [pair for pair in response.headers.raw if pair[0].lower() != b"content-encoding"]
    return httpx2.Response(response.status_code, headers=headers, content=response.content)
