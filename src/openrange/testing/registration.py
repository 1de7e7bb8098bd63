"""The rules on a backend as a plugin: found by name, configured by keys, detected by a variable."""

from __future__ import annotations

import dataclasses
import inspect
import json
import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from openrange.configure.annotations import constructor_hints
from openrange.configure.layers import MODEL_VARIABLE, read_layers
from openrange.configure.options import construct
from openrange.configure.resolver import Choice, choose, make_backend, resolve_backend
from openrange.errors import ConfigError, OpenRangeError
from openrange.llm.contract import LLMBackend
from openrange.llm.settings import is_secret
from openrange.plugins.entry_points import DETECT, Entry, installed
from openrange.plugins.groups import BACKEND
from openrange.plugins.registry import Plugins
from openrange.testing.rules import broken, rule, untestable
from openrange.testing.stage import KEY, Stage

_OURS = "backend"


class Registration(Stage):
    """The entry points of the backend, and its fields as configuration."""

    @rule(
        "registered",
        "The backend is found under its name.",
        'add `NAME = "package:Class"` to [project.entry-points."openrange.backends"] in '
        "pyproject.toml, and install the project again",
        stands_alone=True,
    )
    def test_registered(self) -> None:
        found = Plugins().load(BACKEND, self.name)
        if found is not type(self.make()):
            broken(f"the name {self.name!r} stands for {found!r}")

    @rule(
        "configured-by-keys",
        "Every field can be set by its name in a configuration file, and means the same there.",
        "take settings as parameters of the constructor, annotated with types that TOML has",
    )
    def test_configured_by_keys(self, tmp_path: Path) -> None:
        direct = self.make()
        lines = [f"[llm]\nbackend = {json.dumps(self.name)}"]
        lines += [f"{field} = {_toml(value)}" for field, value in _settings(direct).items()]
        file = tmp_path / "configured.toml"
        file.write_text("\n".join(lines), "utf-8")
        configured = resolve_backend(config=file)
        if configured != direct:
            broken(f"of the file {file.read_text('utf-8')!r} came {configured!r}, not {direct!r}")

    @rule(
        "named-fields",
        "The constructor takes named fields alone, of which each has a type, none is called "
        f"`{_OURS}`, and no unknown one is accepted.",
        "replace *args and **kwargs by one field each; annotate all; rename a field that has the "
        "name of a key in the [llm] table",
        stands_alone=True,
    )
    def test_named_fields(self) -> None:
        kind = type(self.make())
        parameters = inspect.signature(kind).parameters.values()
        variadic = (inspect.Parameter.VAR_KEYWORD, inspect.Parameter.VAR_POSITIONAL)
        for parameter in parameters:
            if parameter.kind in (*variadic, inspect.Parameter.POSITIONAL_ONLY):
                broken(f"its constructor takes {parameter}")
            if parameter.annotation is inspect.Parameter.empty:
                broken(f"its field {parameter.name!r} has no type")
            if parameter.name == _OURS:
                broken(f"it has a field {_OURS!r}")
        if parameters and not constructor_hints(kind):
            broken("its annotations cannot be evaluated")
        try:
            construct(self.name, kind, {"no_such_field": 1})
        except ConfigError:
            return
        broken("it accepted a field 'no_such_field'")

    @rule(
        "keys-stay-out-of-files",
        "A field that holds a key is marked, so that it is refused in files and commands; beside "
        "it is a field of the same name and `_env` that names a variable instead.",
        "declare the key's field with `openrange.llm.secret()`, and `api_key_env: str | None`",
    )
    def test_keys_stay_out_of_files(self, tmp_path: Path) -> None:
        fields: Any = getattr(type(self.make()), "__dataclass_fields__", {})
        marked = [name for name, field in fields.items() if is_secret(field)]
        if not marked:
            broken("no field is marked as a secret")
        for name in marked:
            if not self.has_field(f"{name}_env"):
                broken(f"beside {name!r} there is no field {name}_env")
            file = tmp_path / "secret.toml"
            file.write_text(f'[llm]\nbackend = "{self.name}"\n{name} = "{KEY}"\n', "utf-8")
            try:
                resolve_backend(config=file)
            except ConfigError as error:
                if KEY in str(error):
                    broken("the refusal shows the key")
            else:
                broken(f"{name!r} was accepted in a file")

    @rule(
        "detected",
        "With its variable as the only one that is set, the backend is chosen and can be made; at "
        "most a model has to be named beside it.",
        'register the variable in [project.entry-points."openrange.detect"] with the same '
        "value; give every field a default, or name it in the hook `openrange_environment`",
    )
    def test_detected(self, monkeypatch: pytest.MonkeyPatch) -> None:
        entries = [entry for entry in installed() if entry.group == DETECT]
        own = [entry for entry in entries if _is_same(entry, Plugins().find(BACKEND, self.name))]
        if not own:
            broken("its distribution registers no variable for it")
        for entry in entries:
            monkeypatch.delenv(entry.name, raising=False)
        monkeypatch.setenv("PATH", os.devnull)  # a signed-in program would be detected as well
        values = {entry.name: self.detecting_value(entry.name) for entry in own}
        for variable, value in values.items():
            with monkeypatch.context() as only:
                only.setenv(variable, value)
                choice = choose(read_layers())
                if choice.name != self.name:
                    broken(f"{variable} is set, and {choice.name} was chosen: {choice.why}")
                problem = _problem(choice)
                if problem and self.has_field("model"):
                    only.setenv(MODEL_VARIABLE, "a-model")
                    problem = _problem(choose(read_layers()))
                if problem:
                    broken(f"{variable} is set, and it cannot be made: {problem}")

    def detecting_value(self, variable: str) -> str:
        """A value of a variable under which the backend is detected.

        Args:
            variable: The variable.

        Returns:
            A key; for a variable whose name speaks of a URL, that of the scripted server.
        """
        is_place = variable.endswith(("_URL", "_BASE", "_HOST", "_ENDPOINT"))
        return self.url if is_place else KEY


def _problem(choice: Choice) -> str | None:
    try:
        make_backend(choice)
    except OpenRangeError as error:
        return str(error)
    return None


def _is_same(one: Entry, other: Entry) -> bool:
    return (one.distribution, one.value) == (other.distribution, other.value)


def _settings(backend: LLMBackend) -> dict[str, object]:
    """The fields of a backend by name, without those at their default and those for keys."""
    value: Any = backend
    if not dataclasses.is_dataclass(value):
        broken("it is no dataclass, so its settings cannot be compared")
    settings = {
        field.name: getattr(value, field.name)
        for field in dataclasses.fields(value)
        if field.init and not is_secret(field) and getattr(value, field.name) != field.default
    }
    for name in settings:
        if settings[name] is None:
            untestable(
                f"the method `backend` of the test class sets {name} to None, which no file can "
                "say; leave it at its default"
            )
    return settings


def _toml(value: object) -> str:
    """A value as TOML, in which text, numbers and lists look as they do in JSON."""
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_toml(k)} = {_toml(v)}" for k, v in value.items()) + "}"
    if isinstance(value, list | tuple):
        return "[" + ", ".join(map(_toml, value)) + "]"
    plain = os.fspath(value) if isinstance(value, os.PathLike) else value
    return json.dumps(plain, ensure_ascii=False)
