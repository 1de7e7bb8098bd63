"""The hooks that a backend may implement beside the contract, as class methods.

    class AcmeBackend:
        @classmethod
        @hookimpl
        def openrange_environment(cls, environ): ...

The decorator `hookimpl` stands inside `classmethod`, because the class itself is the plugin.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping

import pluggy

hookspec = pluggy.HookspecMarker("openrange")


@hookspec
def openrange_environment(  # type: ignore[empty-body]
    environ: Mapping[str, str], variable: str | None
) -> Mapping[str, object]:
    """Settings that the environment provides for this backend, weaker than any configuration.

    Args:
        environ: The environment's variables, without blank ones.
        variable: The one under which the backend was detected, or None when it was named.

    Returns:
        Fields of the backend by name, such as the default model for the key that is set. It holds
        names of variables and no key.
    """


@hookspec
def openrange_key_variables() -> Collection[str]:  # type: ignore[empty-body]
    """Variables that hold this backend's own keys, beside those under which it is detected.

    A configuration file that came with a clone may choose among these, and no others.

    Returns:
        Names of environment variables.
    """


@hookspec
def openrange_notes() -> Collection[str]:  # type: ignore[empty-body]
    """What is worth knowing about this installation of the backend, and is no fault.

    `openrange backends check` shows it.

    Returns:
        One sentence each, without its full stop.
    """
