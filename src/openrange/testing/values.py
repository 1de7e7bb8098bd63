"""The rules on backends as values: frozen, comparable, and safe to share and to send elsewhere."""

from __future__ import annotations

import copy
import dataclasses
import inspect
import pickle
from collections.abc import Mapping
from os import fspath
from pathlib import Path
from typing import Any, get_args, get_origin

import openrange.llm.contract as contract
from openrange.configure.annotations import constructor_hints
from openrange.llm.contract import LLMBackend, LLMRequest, LLMResult, SupportsWorkspace
from openrange.testing.rules import UntestableError, broken, rule
from openrange.testing.stage import SCHEMA, STRUCTURED, Stage

_DATACLASS = "make it a `@dataclass(frozen=True, slots=True)` below `openrange.llm.BackendSettings`"


class Values(Stage):
    """Immutability, equality, pickling, and the surface of the protocol."""

    @rule(
        "protocol",
        "`complete` takes one request and returns an LLMResult: no further parameter that a "
        "caller has to know, no coroutine, no subclass with more in it.",
        "offer what goes beyond it as a field of the backend, or as another method",
        stands_alone=True,
    )
    def test_protocol(self) -> None:
        backend = self.make()
        if not isinstance(backend, LLMBackend):
            broken("it has no method `complete`")
        parameters = list(inspect.signature(backend.complete).parameters.values())
        if [parameter.name for parameter in parameters] != ["request"]:
            broken(f"`complete` takes {', '.join(map(str, parameters)) or 'nothing'}")
        if inspect.iscoroutinefunction(backend.complete):
            broken("`complete` is a coroutine function")
        result = self.outcome(STRUCTURED, backend)
        if not isinstance(result, BaseException) and type(result) is not LLMResult:
            broken(f"`complete` returned {type(result).__name__}")

    @rule(
        "contract-of-others",
        "The contract's own classes stay as they are, whatever a backend's module does.",
        "leave `openrange.llm` alone; subclass nothing there but `BackendSettings`",
    )
    def test_contract_of_others(self) -> None:
        self.answer(STRUCTURED)
        surfaces = {
            LLMRequest: ["prompt", "system", "json_schema"],
            LLMResult: ["text", "parsed_json"],
        }
        for kind, expected in surfaces.items():
            if [field.name for field in dataclasses.fields(kind)] != expected:
                broken(f"the fields of {kind.__name__} were changed")
            methods = filter(inspect.isfunction, vars(kind).values())
            if any(m.__module__ not in (kind.__module__, "dataclasses") for m in methods):
                broken(f"a method of {kind.__name__} was replaced")
        if contract.LLMRequest is not LLMRequest or contract.LLMResult is not LLMResult:
            broken("a class of openrange.llm.contract was replaced")

    @rule(
        "contract-version",
        "`openrange_contract`, where it is given, is the version of the contract: the integer 1.",
        "leave it out, or set `openrange_contract = 1` as a `ClassVar[int]`",
        stands_alone=True,
    )
    def test_contract_version(self) -> None:
        version = getattr(type(self.make()), "openrange_contract", 1)
        if type(version) is not int or version != 1:
            broken(f"`openrange_contract` is {version!r}")

    @rule("frozen", "A backend is a value: none of its fields can be set.", _DATACLASS)
    def test_frozen(self) -> None:
        backend = self.make()
        for name in [*_fields(backend), "something_else"]:
            try:
                setattr(backend, name, getattr(backend, name, None))
            except (AttributeError, TypeError):
                continue
            broken(f"its field {name!r} could be set")

    @rule(
        "equality",
        "Two backends of equal settings are equal and have one hash; other settings differ.",
        _DATACLASS + "; declare mappings with `field(hash=False)`",
    )
    def test_equality(self) -> None:
        one, two = self.make(), self.make()
        if one != two or hash(one) != hash(two):
            broken("two backends of the same settings differ, or their hashes do")
        if self.has_field("timeout") and self.make(timeout=7.0) == self.make(timeout=8.0):
            broken("backends with a timeout of 7 and of 8 seconds are equal")
        for field in _mapping_fields(one):
            other = self._made_with(field, {"outer": "text"})
            if other is None:
                continue
            hash(other)
            if one == other:
                broken(f"backends of different {field!r} are equal")

    @rule(
        "copies-mappings",
        "What a caller does later to a mapping that it passed does not reach the backend.",
        "subclass `openrange.llm.BackendSettings`, which copies mappings deeply",
    )
    def test_copies_mappings(self) -> None:
        for field in _mapping_fields(self.make()):
            cases: list[dict[str, Any]] = [{"outer": "before"}, {"outer": {"inner": "before"}}]
            for given in cases:
                backend = self._made_with(field, given)
                inner = given["outer"]
                (inner if isinstance(inner, dict) else given)["inner"] = "after"
                if backend is not None and "after" in repr(getattr(backend, field)):
                    broken(f"a change of the caller's mapping reached its field {field!r}")

    @rule(
        "pickles",
        "A backend that holds no key can be pickled, is equal afterwards, and works.",
        _DATACLASS + " at the top of its module; keep clients and connections out of it",
    )
    def test_pickles(self) -> None:
        mappings = [self._made_with(f, {"outer": "text"}) for f in _mapping_fields(self.make())]
        others = [self.make(timeout=7.0)] if self.has_field("timeout") else []
        for backend in (*filter(None, mappings), *others, self.make()):
            again: Any = pickle.loads(pickle.dumps(backend))  # noqa: S301 - made just here
            if again != backend:
                broken(f"{backend!r} came back as {again!r}")
        self.answer(STRUCTURED, again)

    @rule(
        "request-untouched",
        "A request, and the schema in it, is left as it is.",
        "copy the schema before you adapt it to your provider",
    )
    def test_request_untouched(self) -> None:
        request = LLMRequest("Name a city.", "Be brief.", SCHEMA)
        before = copy.deepcopy(request)
        self.answer(request)
        if request != before:
            broken(f"the request was {before!r}, and is {request!r}")

    @rule(
        "same-answer",
        "A backend has no state: to the same reply it gives the same result, also after a failure.",
        "keep nothing of a request in the backend",
    )
    def test_same_answer(self) -> None:
        backend = self.make()
        first = self.answer(STRUCTURED, backend)
        self.outcome(LLMRequest("Fail.", None, {"type": "object", "required": 1}), backend)
        again = self.answer(STRUCTURED, backend)
        if first != again:
            broken(f"the same request gave {first!r:.200}, and later {again!r:.200}")

    @rule(
        "workspace",
        "`in_workspace`, where it is offered, returns another backend of the same kind, and "
        "leaves this one as it is.",
        "return `dataclasses.replace(self, cwd=directory)`; leave the method out if there is "
        "no local program to run in a directory",
    )
    def test_workspace(self, tmp_path: Path) -> None:
        backend = self.make()
        if not isinstance(backend, SupportsWorkspace):
            return
        before = repr(backend)
        moved = backend.in_workspace(fspath(tmp_path))
        if type(moved) is not type(backend) or repr(backend) != before:
            broken(f"`in_workspace` returned {moved!r}, and left {backend!r}")

    def _made_with(self, field: str, mapping: Mapping[str, object]) -> LLMBackend | None:
        """A backend with a mapping in a field; None if it does not take this one."""
        try:
            return self.make(**{field: mapping})
        except UntestableError:
            return None


def _fields(backend: LLMBackend) -> list[str]:
    return list(inspect.signature(type(backend)).parameters)


def _mapping_fields(backend: LLMBackend) -> list[str]:
    return [name for name, hint in constructor_hints(type(backend)).items() if _has_mapping(hint)]


def _has_mapping(hint: object) -> bool:
    kinds = [hint, *get_args(hint)]
    return any(get_origin(kind) in (Mapping, dict) or kind in (Mapping, dict) for kind in kinds)
