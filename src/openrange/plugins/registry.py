"""The installed plugins: imported one at a time, and only when asked for."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Set
from itertools import filterfalse
from pathlib import Path
from typing import Any, cast

import pluggy

from openrange.errors import BackendNotFoundError, ConfigError, OpenRangeError, PackError
from openrange.llm.text import one_line
from openrange.plugins import hookspecs
from openrange.plugins.blocking import Block, blocked_in_words
from openrange.plugins.entry_points import (
    BACKENDS,
    CORE,
    CORE_ENTRIES,
    DETECT,
    PACKS,
    Entry,
    installed,
    normalized,
    scan,
)
from openrange.plugins.hints import near_misses
from openrange.plugins.known_plugins import known_plugins

RESERVED = frozenset(name for group, name, _ in CORE_ENTRIES if group == BACKENDS)
CONTRACT = 1
"""The version of the backend contract; a class that needs another sets `openrange_contract`."""

_UNDECLARED = 1  # what a class was written for that says nothing, also once there is a version 2
_MAX_NAMED = 20  # names in an error
_MAX_NAME = 60  # characters of one of them
_NOUNS = {BACKENDS: "backend", PACKS: "pack"}


class Plugins:
    """The installed plugins as the user configured them, and those among them that were loaded.

    Args:
        block: What is never loaded: names of backends and packs, and names of distributions.
        pin: For a name that several distributions claim, the one to use.
    """

    def __init__(
        self, block: Iterable[str | Block] = (), pin: Mapping[str, str] | None = None
    ) -> None:
        self._block = tuple(Block(word) if isinstance(word, str) else word for word in block)
        self._pin = dict(pin or {})
        self._manager = pluggy.PluginManager("openrange")
        self._manager.add_hookspecs(hookspecs)
        for item in self._block:
            self._manager.set_blocked(item.word)

    def names(self, group: str) -> list[str]:
        """The names that can be asked for in a group, sorted."""
        return sorted({entry.name for entry in installed() if entry.group == group})

    def registered(self, group: str, name: str) -> list[Entry]:
        """The entries that claim a name, blocked or not: one for a name of the core."""
        found = scan().by_name.get((group, name), [])
        if group == BACKENDS and name in RESERVED:
            return [entry for entry in found if normalized(entry.distribution) == CORE]
        return list(found)

    def claims(self, group: str, name: str) -> list[Entry]:
        """The entries that claim a name and are not blocked."""
        return list(filterfalse(self._is_taken_away, self.registered(group, name)))

    def is_blocked(self, name: str, group: str = BACKENDS) -> bool:
        """Whether the user blocked a name, or every distribution that it could stand for."""
        eligible = self._eligible(group, name)
        return self._manager.is_blocked(name) or (
            bool(eligible) and all(map(self._is_taken_away, eligible))
        )

    def _is_taken_away(self, entry: Entry) -> bool:
        return any(block.covers(entry) for block in self._block)

    def _eligible(self, group: str, name: str) -> list[Entry]:
        """Those of a name's entries among which a pin leaves a choice."""
        found, pinned = self.registered(group, name), self._pin.get(name)
        if pinned is None:
            return found
        wanted = normalized(pinned)
        return [entry for entry in found if normalized(entry.distribution) == wanted]

    def pinned(self, name: str, distribution: str) -> Plugins:
        """The same plugins, with a name pinned to a distribution."""
        return Plugins(self._block, {**self._pin, name: distribution})

    def find(self, group: str, name: str) -> Entry:
        """The one entry that a name stands for, not imported.

        Args:
            group: `BACKENDS` or `PACKS`.
            name: The name that the user gave.

        Returns:
            The entry.

        Raises:
            BackendNotFoundError: Or `PackError`: blocked, not installed, or claimed by several.
            ConfigError: The name is pinned to a distribution that does not claim it.
        """
        error, noun = _error_of(group), _NOUNS[group]
        eligible = self._eligible(group, name)
        if self.is_blocked(name, group):
            blocked = blocked_in_words(name, eligible, self._block)
            raise error(f"the {noun} {name!r} {blocked}")
        pinned = self._pin.get(name)
        if pinned is not None and not eligible:
            raise ConfigError(
                f"[plugins] pin: {name!r} is pinned to {pinned!r}, which does not provide it"
            )
        claims = list(filterfalse(self._is_taken_away, eligible))
        if not claims:
            raise error(self._not_installed(group, name))
        if len(claims) > 1:
            owners = " and ".join(str(entry) for entry in claims)
            raise error(
                f"the {noun} {name!r} is claimed by {owners}; block one of them, such as by "
                f"OPENRANGE_BLOCK={claims[-1].distribution}, or choose one in the configuration: "
                f'[plugins] pin = {{"{name}" = "{claims[0].distribution}"}}'
            )
        return claims[0]

    def load(self, group: str, name: str) -> type:
        """Import the class that a name stands for, and no other plugin.

        Args:
            group: `BACKENDS` or `PACKS`.
            name: The name that the user gave.

        Returns:
            The class.

        Raises:
            BackendNotFoundError: Or `PackError`: not to be found, failing to import, or not what
                the group asks for.
            ConfigError: The name is pinned to a distribution that does not claim it.
        """
        entry = self.find(group, name)
        error, noun = _error_of(group), _NOUNS[group]
        if not entry.is_well_formed:
            raise error(
                f"the {noun} {name!r} of {entry} cannot be imported (the entry is no "
                f"`module:attribute`); {way_out(name)}"
            )
        problem: str | None = None
        try:
            loaded = entry.load()
        except KeyboardInterrupt:
            raise
        except BaseException as cause:  # noqa: BLE001 - whatever a stranger's import may raise
            problem = _in_words(cause)
        if problem is not None:
            raise error(
                f"the {noun} {name!r} of {entry} cannot be imported ({problem}); {way_out(name)}"
            )
        try:
            complaint = _wrong_kind(group, loaded, entry)
        except Exception as cause:  # noqa: BLE001 - a metaclass may answer with anything
            complaint = f"cannot be examined ({_in_words(cause)}); {way_out(name)}"
        if complaint:
            raise error(f"the {noun} {name!r} of {entry} {complaint}")
        if group == BACKENDS and not self._manager.is_registered(loaded):
            try:
                self._manager.register(loaded, name)
            except Exception as cause:  # noqa: BLE001 - pluggy inspects every attribute
                problem = _in_words(cause)
        if problem is not None:
            raise error(
                f"the {noun} {name!r} of {entry} has a hook that does not fit ({problem}); "
                + way_out(name)
            )
        return cast(type, loaded)

    def environment_options(
        self, name: str, environ: Mapping[str, str], variable: str | None
    ) -> dict[str, object]:
        """What a backend takes from the environment: its hook `openrange_environment`.

        Args:
            name: The backend's name.
            environ: The environment's variables, without blank ones.
            variable: The one under which the backend was detected, or None.

        Returns:
            Fields of the backend.

        Raises:
            BackendNotFoundError: As for `load`, or the hook fails.
        """
        arguments = {"environ": environ, "variable": variable}
        answers = self._ask(name, "openrange_environment", arguments, Mapping)
        return {key: value for answer in answers for key, value in answer.items()}

    def key_variables(self, name: str) -> set[str]:
        """The variables that hold a backend's own keys: declared by its hook or for detection.

        Args:
            name: The backend's name.

        Returns:
            Names of environment variables.

        Raises:
            BackendNotFoundError: As for `load`, or the hook fails.
        """
        answers = self._ask(name, "openrange_key_variables", {}, list | tuple | Set)
        declared = {variable for answer in answers for variable in answer}
        entry = self.find(BACKENDS, name)
        # What another distribution declares for this class is not the backend's own.
        own = scan().by_value.get((DETECT, entry.distribution, entry.value), ())
        return declared | {other.name for other in own}

    def _ask(self, name: str, hook: str, arguments: Mapping[str, object], kind: Any) -> list[Any]:
        """What one backend's hook answers, which is an instance of `kind`."""
        backend = self.load(BACKENDS, name)
        others = [plugin for plugin in self._manager.get_plugins() if plugin is not backend]
        problem: str | None = None
        try:
            answers: list[Any] = self._manager.subset_hook_caller(hook, others)(**arguments)
            for answer in answers:
                if not isinstance(answer, kind):
                    problem = f"it returned {type(answer).__name__}"
        except KeyboardInterrupt:
            raise
        except BaseException as cause:  # noqa: BLE001 - whatever a stranger's hook may raise
            problem = _in_words(cause)
        if problem is not None:
            raise BackendNotFoundError(
                f"the backend {name!r} of {self.find(BACKENDS, name)}: its hook {hook} failed "
                f"({problem}); {way_out(name)}"
            )
        return answers

    def _not_installed(self, group: str, name: str) -> str:
        known = known_plugins() if group == BACKENDS else ()
        for plugin in known:
            if name in plugin.backends:
                return f"the backend {name!r} is not installed; {plugin.next_step}"
        names = [other for other in self.names(group) if not self.is_blocked(other, group)]
        others = [other for plugin in known for other in plugin.backends]
        candidates = dict.fromkeys([*names, *filterfalse(self.is_blocked, others)])
        meant = near_misses(name, list(candidates))
        some = ", ".join(one_line(other, _MAX_NAME) for other in names[:_MAX_NAMED]) or "none"
        more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
        return f"there is no {_NOUNS[group]} {name!r}{meant}; installed: {some}{more}"


def _error_of(group: str) -> type[OpenRangeError]:
    return BackendNotFoundError if group == BACKENDS else PackError


def _in_words(cause: BaseException) -> str:
    """Type and text of what a stranger's code raised: one line, not too long, without keys."""
    from openrange.llm.secrets import redact
    from openrange.plugins.known_keys import known_keys

    try:
        text = redact(" ".join(str(cause).split()), known_keys())
    except Exception:  # noqa: BLE001 - its own text may fail too
        text = ""
    return f"{type(cause).__name__}: {text}".rstrip(": ")[:300]


def way_out(name: str) -> str:
    """What a user can do about a plugin that is broken."""
    return f'mend or uninstall it, or block it: [plugins] block = ["{name}"]'


def _wrong_kind(group: str, loaded: object, entry: Entry) -> str | None:
    """What is wrong with a loaded object, or None."""
    if not inspect.isclass(loaded):
        return f"is not a class but {type(loaded).__name__}"
    if group == PACKS:
        from openrange.core.pack import Pack

        return (
            _wrong_pack(loaded)
            if issubclass(loaded, Pack)
            else "is not a subclass of openrange.Pack"
        )
    if not callable(getattr(loaded, "complete", None)):
        return "is not a backend: it has no method `complete`"
    return _wrong_contract(getattr(loaded, "openrange_contract", _UNDECLARED), entry.distribution)


def _wrong_contract(contract: object, distribution: str) -> str | None:
    """Which package is too old for the other; True and 1.0 are no versions, though equal to 1."""
    if type(contract) is not int:
        return f"has an openrange_contract that is not an integer but {type(contract).__name__}"
    if contract == CONTRACT:
        return None
    older = CORE if contract > CONTRACT else distribution
    return (
        f"is made for version {contract} of the backend contract, and this OpenRange has version "
        f"{CONTRACT}; upgrade the package {older}"
    )


def _wrong_pack(loaded: type) -> str | None:
    if inspect.isabstract(loaded):
        missing = ", ".join(sorted(loaded.__abstractmethods__))  # type: ignore[attr-defined]
        return f"is not complete: it lacks {missing}"
    for name, kind in {"id": str, "version": str, "summary": str, "directory": Path}.items():
        if not isinstance(getattr(loaded, name, None), kind):
            return f"is not complete: its {name} is no {kind.__name__}"
    if not loaded.directory.is_dir():  # type: ignore[attr-defined]
        return "is not complete: its directory does not exist"
    return None
