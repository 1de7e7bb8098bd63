"""The installed plugins: imported one at a time, and only when asked for."""

from __future__ import annotations

import inspect
from collections.abc import Iterable, Mapping, Set
from itertools import filterfalse
from typing import Any, cast

import pluggy

from openrange.errors import BackendNotFoundError, ConfigError
from openrange.llm.text import presentable, raised
from openrange.plugins import hookspecs
from openrange.plugins.blocking import Block, why_blocked
from openrange.plugins.entry_points import (
    CORE,
    DETECT,
    Entry,
    installed,
    names_of_the_core,
    normalized,
    scan,
)
from openrange.plugins.groups import BACKEND, Group
from openrange.plugins.hints import near_misses
from openrange.plugins.known_keys import known_keys
from openrange.plugins.providers import known_providers

_MAX_NAMED = 20  # names in an error
_MAX_NAME = 60  # characters of one of them


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

    def names(self, group: Group) -> list[str]:
        """The names that can be asked for in a group, sorted."""
        return sorted({entry.name for entry in installed() if entry.group == group.name})

    def registered(self, group: Group, name: str) -> list[Entry]:
        """The entries that claim a name, blocked or not: one for a reserved name of the core."""
        found = scan().by_name.get((group.name, name), [])
        if group.is_reserved and name in names_of_the_core(group.name):
            return [entry for entry in found if normalized(entry.distribution) == CORE]
        return list(found)

    def claims(self, group: Group, name: str) -> list[Entry]:
        """The entries that claim a name and are not blocked."""
        return list(filterfalse(self._is_covered, self.registered(group, name)))

    def is_blocked(self, name: str, group: Group = BACKEND) -> bool:
        """Whether the user blocked a name, or every distribution that it could stand for."""
        eligible = self._eligible(group, name)
        return self._manager.is_blocked(name) or (
            bool(eligible) and all(map(self._is_covered, eligible))
        )

    def _is_covered(self, entry: Entry) -> bool:
        return any(block.covers(entry) for block in self._block)

    def _eligible(self, group: Group, name: str) -> list[Entry]:
        """Those of a name's entries among which a pin leaves a choice."""
        found, pinned = self.registered(group, name), self._pin.get(name)
        if pinned is None:
            return found
        wanted = normalized(pinned)
        return [entry for entry in found if normalized(entry.distribution) == wanted]

    def pinned(self, name: str, distribution: str) -> Plugins:
        """The same plugins, with a name pinned to a distribution."""
        return Plugins(self._block, {**self._pin, name: distribution})

    def find(self, group: Group, name: str) -> Entry:
        """The one entry that a name stands for, not imported.

        Args:
            group: The sort of plugin.
            name: The name that the user gave.

        Returns:
            The entry.

        Raises:
            OpenRangeError: The group's error: blocked, not installed, or claimed by several.
            ConfigError: The name is pinned to a distribution that does not claim it.
        """
        eligible = self._eligible(group, name)
        if self.is_blocked(name, group):
            blocked = why_blocked(name, eligible, self._block)
            raise group.error(f"the {group.noun} {name!r} {blocked}")
        pinned = self._pin.get(name)
        if pinned is not None and not eligible:
            raise ConfigError(
                f"[plugins] pin: {name!r} is pinned to {pinned!r}, which does not provide it"
            )
        claims = list(filterfalse(self._is_covered, eligible))
        if not claims:
            raise group.error(self._not_installed(group, name))
        if len(claims) > 1:
            owners = " and ".join(str(entry) for entry in claims)
            raise group.error(
                f"the {group.noun} {name!r} is claimed by {owners}; block one of them, such as by "
                f"OPENRANGE_BLOCK={claims[-1].distribution}, or choose one in the configuration: "
                f'[plugins] pin = {{"{name}" = "{claims[0].distribution}"}}'
            )
        return claims[0]

    def load(self, group: Group, name: str) -> type:
        """Import the class that a name stands for, and no other plugin.

        Args:
            group: The sort of plugin.
            name: The name that the user gave.

        Returns:
            The class.

        Raises:
            OpenRangeError: The group's error: not to be found, failing to import, or not what the
                group asks for.
            ConfigError: The name is pinned to a distribution that does not claim it.
        """
        entry = self.find(group, name)
        loaded, objection = _imported(group, entry)
        if objection is not None:
            raise group.error(f"the {group.noun} {name!r} of {entry} {objection}")
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
        entry = self.find(BACKEND, name)
        # What another distribution declares for this class is not the backend's own.
        own = scan().by_value.get((DETECT, entry.distribution, entry.value), ())
        return declared | {other.name for other in own}

    def notes(self, name: str) -> list[str]:
        """What a backend says of its installation: its hook `openrange_notes`.

        Args:
            name: The backend's name.

        Returns:
            Sentences.

        Raises:
            BackendNotFoundError: As for `load`, or the hook fails.
        """
        answers = self._ask(name, "openrange_notes", {}, list | tuple | Set)
        return [note for answer in answers for note in answer if isinstance(note, str)]

    def _ask(self, name: str, hook: str, arguments: Mapping[str, object], kind: Any) -> list[Any]:
        """What one backend's hook answers, which is an instance of `kind`."""
        backend = self.load(BACKEND, name)
        try:
            if not self._manager.is_registered(backend):
                problem = " has a hook that does not fit"
                self._manager.register(backend, name)
            problem = f": its hook {hook} failed"
            others = [plugin for plugin in self._manager.get_plugins() if plugin is not backend]
            answers: list[Any] = self._manager.subset_hook_caller(hook, others)(**arguments)
            odd = [type(answer).__name__ for answer in answers if not isinstance(answer, kind)]
            why = f"it returned {odd[0]}" if odd else None
        except KeyboardInterrupt:
            raise
        except BaseException as cause:  # noqa: BLE001 - whatever a stranger's hook may raise
            why = raised(cause, secrets=known_keys())
        if why is not None:
            entry = self.find(BACKEND, name)
            raise BackendNotFoundError(
                f"the backend {name!r} of {entry}{problem} ({why}); {way_out(name)}"
            )
        return answers

    def _not_installed(self, group: Group, name: str) -> str:
        elsewhere = group.elsewhere()
        if name in elsewhere:
            return f"the {group.noun} {name!r} is not installed; {elsewhere[name]}"
        names = [other for other in self.names(group) if not self.is_blocked(other, group)]
        candidates = dict.fromkeys([*names, *filterfalse(self.is_blocked, elsewhere)])
        meant = near_misses(name, list(candidates))
        if not meant and group == BACKEND:
            meant = near_misses(name, list(known_providers()))
        some = ", ".join(presentable(other, _MAX_NAME) for other in names[:_MAX_NAMED]) or "none"
        more = f" and {len(names) - _MAX_NAMED} more" if len(names) > _MAX_NAMED else ""
        return f"there is no {group.noun} {name!r}{meant}; installed: {some}{more}"


def way_out(name: str) -> str:
    """What a user can do about a plugin that is broken."""
    return f'mend or uninstall it, or block it: [plugins] block = ["{name}"]'


def _imported(group: Group, entry: Entry) -> tuple[object, str | None]:
    """What an entry stands for, and what is wrong with it: a stranger's code may do anything."""
    mend = way_out(entry.name)
    if not entry.is_well_formed:
        return None, f"cannot be imported (the entry is no `module:attribute`); {mend}"
    try:
        loaded = entry.load()
    except KeyboardInterrupt:
        raise
    except BaseException as cause:  # noqa: BLE001 - whatever a stranger's import may raise
        return None, f"cannot be imported ({raised(cause, secrets=known_keys())}); {mend}"
    try:
        if not inspect.isclass(loaded):
            return None, f"is not a class but {type(loaded).__name__}"
        return loaded, group.objection(loaded, entry.distribution)
    except Exception as cause:  # noqa: BLE001 - a metaclass may answer with anything
        return None, f"cannot be examined ({raised(cause, secrets=known_keys())}); {mend}"
