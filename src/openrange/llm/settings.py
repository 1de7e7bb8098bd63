"""What the settings of every backend have in common: they are values, and they keep their keys."""

from __future__ import annotations

import copy
import pickle
from collections.abc import Mapping
from dataclasses import Field, field, fields
from typing import Any, Self, SupportsIndex

SECRET = "secret"  # noqa: S105 - the name of the mark


def secret() -> Any:
    """A dataclass field for a key: None by default, in no repr, refused in files and commands."""
    return field(default=None, repr=False, metadata={SECRET: True})


def is_secret(setting: Field[Any]) -> bool:
    """Whether a field of a backend's dataclass holds a key: its metadata says `secret=True`."""
    return bool(setting.metadata.get(SECRET))


class BackendSettings:
    """Base of a backend that is a frozen, slotted dataclass.

    Mappings among the fields are copied deeply, so that a caller's later change does not reach the
    backend (declare them with `field(hash=False)`). A backend that holds a key refuses to be
    pickled, because a pickle ends up in files and on other machines.
    """

    __slots__ = ()

    def __post_init__(self) -> None:
        for setting in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            value = getattr(self, setting.name)
            if isinstance(value, Mapping):
                object.__setattr__(self, setting.name, copy.deepcopy(dict(value)))

    def __copy__(self) -> Self:
        return self

    def __deepcopy__(self, memo: dict[int, object]) -> Self:
        return self

    def __reduce_ex__(self, protocol: SupportsIndex) -> Any:
        for setting in fields(self):  # type: ignore[arg-type]  # every subclass is a dataclass
            if is_secret(setting) and getattr(self, setting.name) is not None:
                raise pickle.PicklingError(
                    f"{type(self).__name__} holds a key in {setting.name} and cannot be pickled; "
                    f"name the variable that holds it in {setting.name}_env instead"
                )
        return super().__reduce_ex__(protocol)
