"""The contract between OpenRange and a language model: one request, one result.

Streaming, tool calls and multimodal input are no part of it, and stay out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from os import PathLike
from typing import Protocol, Self, runtime_checkable

from openrange.errors import LLMBackendError as LLMBackendError
from openrange.errors import LLMError as LLMError
from openrange.errors import LLMRequestError as LLMRequestError


@dataclass(frozen=True, slots=True)
class LLMRequest:
    """What a model is asked.

    Args:
        prompt: The user's message.
        system: The system message.
        json_schema: A JSON Schema whose root describes an object. When it is given, the result
            is a JSON object that conforms to it. It is copied deeply.

    Raises:
        LLMRequestError: `prompt` or `system` is not text; the schema cannot be serialized as
            JSON; or its root describes something other than an object.
    """

    prompt: str
    system: str | None = None
    json_schema: Mapping[str, object] | None = field(default=None, hash=False)

    def __post_init__(self) -> None:
        if not isinstance(self.prompt, str):
            raise LLMRequestError(f"prompt must be a string, not {type(self.prompt).__name__}")
        if self.system is not None and not isinstance(self.system, str):
            raise LLMRequestError(f"system must be a string, not {type(self.system).__name__}")
        if self.json_schema is not None:
            object.__setattr__(self, "json_schema", _checked_schema(self.json_schema))

    def as_prompt(self) -> str:
        """The whole request as one text, for providers that know no roles.

        Returns:
            System message and prompt joined by an empty line.
        """
        return self.prompt if self.system is None else f"{self.system}\n\n{self.prompt}"


def _checked_schema(schema: object) -> dict[str, object]:
    if not isinstance(schema, Mapping):
        raise LLMRequestError(f"json_schema must be a mapping, not {type(schema).__name__}")
    plain = dict(schema)
    if "type" in plain and plain["type"] != "object":
        raise LLMRequestError(
            f"json_schema must describe an object at its root, not {plain['type']!r}"
        )
    try:
        copied: dict[str, object] = json.loads(json.dumps(plain, allow_nan=False))
    except (TypeError, ValueError, RecursionError) as error:
        reason = f"{type(error).__name__}: {error}"
        raise LLMRequestError(f"json_schema cannot be serialized as JSON ({reason})") from None
    return copied


@dataclass(frozen=True, slots=True)
class LLMResult:
    """What a model answered.

    Args:
        text: The raw text; with a schema, the JSON text of the object.
        parsed_json: The object that conforms to the request's schema, or None without a schema.
    """

    text: str
    parsed_json: Mapping[str, object] | None = field(default=None, hash=False)


@runtime_checkable
class LLMBackend(Protocol):
    """Anything that turns an `LLMRequest` into an `LLMResult`."""

    def complete(self, request: LLMRequest) -> LLMResult:
        """Answer one request.

        Args:
            request: What to ask.

        Returns:
            The model's text; for a request with a schema, an object that conforms to it as well.

        Raises:
            LLMBackendError: For every failure, whatever its cause.
        """
        ...


@runtime_checkable
class SupportsPreflight(Protocol):
    """A backend that can say, without a network call, that it is not configured."""

    def preflight(self) -> None:
        """Check what can be checked before anything is sent.

        Raises:
            LLMBackendError: Of kind `not-configured`, with what to set.
        """
        ...


@runtime_checkable
class SupportsWorkspace(Protocol):
    """A backend that drives a local program and can do so in a given directory."""

    def in_workspace(self, directory: str | PathLike[str]) -> Self:
        """The same backend, working in `directory`.

        Args:
            directory: An existing directory that the program may read and write.

        Returns:
            A new backend; this one is left as it is.
        """
        ...
