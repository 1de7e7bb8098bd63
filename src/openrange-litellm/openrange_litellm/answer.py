"""What a worker does with one request: ask LiteLLM, and say what came of it as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from openrange.llm import Key, LLMBackendError, Reply
from openrange_litellm.bounds import Bounds
from openrange_litellm.failures import Call, translated
from openrange_litellm.replies import misunderstood, read_response
from openrange_litellm.routing import route

_FIELDS = ("kind", "status", "retryable", "retry_after", "detail")


def answer(
    litellm: Any, request: Mapping[str, Any], bounds: Bounds | None = None
) -> dict[str, Any]:
    """Answer one request of the calling process.

    Args:
        litellm: The module, made quiet by `library.load`.
        request: `call`, the fields of a `Call` with the secrets as texts; and either `route`, a
            model's name, or `parameters`, those of `litellm.completion`. All of it is plain JSON.
        bounds: What the call may cost; its own timeout is the measure where there are none.

    Returns:
        `route`, the fields of a `Route`; or `reply`, those of a `Reply`; or `error`, those of an
        `LLMBackendError` and its `message`.
    """
    try:
        return _answer(litellm, request, bounds)
    except LLMBackendError as error:
        failure = error
    except BaseException as error:  # noqa: BLE001 - whatever it is, somebody waits for the answer
        failure = LLMBackendError(f"LiteLLM failed with {type(error).__name__}")
    return {"error": {"message": str(failure), **{n: getattr(failure, n) for n in _FIELDS}}}


def _answer(litellm: Any, request: Mapping[str, Any], bounds: Bounds | None) -> dict[str, Any]:
    given = request["call"]
    call = Call(**{**given, "secrets": tuple(Key(secret) for secret in given["secrets"])})
    bounds = bounds or Bounds(call.timeout)
    bounds.place = (call.api_base or "") if call.stays else ""
    try:
        if "route" in request:
            return {"route": asdict(route(litellm, request["route"], call.api_base))}
        with bounds.kept():
            response = litellm.completion(**request["parameters"])
        model = request["parameters"]["model"]
        return _told(read_response(litellm, response, call, bounds.bodies, model))
    except LLMBackendError as error:
        failure = error
    except Exception as error:  # noqa: BLE001 - LiteLLM raises several classes, some of them bare
        failure = bounds.failure or bounds.elsewhere or translated(error, call, bounds)
    if failure.status is None and failure.kind in ("empty", "error", "rejected", "server"):
        # The fault may be LiteLLM's: the reply lacks a field that it does not need.
        return _told(misunderstood(bounds, failure, call))
    raise failure


def _told(reply: Reply) -> dict[str, Any]:
    # Not by `asdict`, which copies all that it finds: a tenth of what a call costs here.
    fields: dict[str, Any] = {name: getattr(reply, name) for name in Reply.__slots__}
    return {"reply": fields | {"usage": reply.usage.to_mapping()}}
