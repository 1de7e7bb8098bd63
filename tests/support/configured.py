"""The way from files, variables and a command line to a backend, as the tests take it."""

from __future__ import annotations

from pathlib import Path

from openrange.configure.layers import command_layer, read_layers
from openrange.configure.resolver import Resolved, choose, make_backend


def resolved(
    *assignments: str,
    backend: str | None = None,
    model: str | None = None,
    config: str | Path | None = None,
) -> Resolved:
    """What `openrange build` would use.

    Args:
        assignments: Each `-o`.
        backend: `--backend`.
        model: `--model`.
        config: `--config`.

    Returns:
        The backend, and how it came to be chosen.
    """
    return make_backend(choose(read_layers(command_layer(backend, model, assignments), config)))


def project_file(text: str) -> Path:
    """Write `openrange.toml` in the working directory."""
    file = Path("openrange.toml")
    file.write_text(text, "utf-8")
    return file


def user_file(text: str) -> Path:
    """Write the user's own configuration file."""
    import platformdirs

    file = platformdirs.user_config_path("openrange", appauthor=False) / "config.toml"
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, "utf-8")
    return file
