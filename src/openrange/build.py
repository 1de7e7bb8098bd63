"""`openrange.build`: from whatever the user has to a saved snapshot."""

from __future__ import annotations

from dataclasses import replace
from os import PathLike
from pathlib import Path

from openrange.configure.layers import Layer, read_layers
from openrange.configure.resolver import choose, make_backend
from openrange.core.builder import build_and_save
from openrange.core.job import DEFAULT_MAX_REPAIRS, Job
from openrange.core.manifest import ManifestSource, as_manifest
from openrange.core.snapshot import Snapshot
from openrange.llm.contract import LLMBackend
from openrange.llm.recording import EventSink
from openrange.plugins.registry import Plugins


def build(
    manifest: ManifestSource = None,
    *,
    llm: str | LLMBackend | None = None,
    seed: int | None = None,
    prompt: str | None = None,
    output: str | PathLike[str] | None = None,
    max_repairs: int = DEFAULT_MAX_REPAIRS,
    on_event: EventSink | None = None,
) -> Snapshot:
    """Build one admitted world.

    Args:
        manifest: A manifest, its document, or the path of its file; None for the starter manifest.
        llm: A backend, the name of one, or None for the one that the configuration names or the
            environment suggests.
        seed: Replaces the manifest's seed.
        prompt: What else the world should be, in words.
        output: A directory in which to save the snapshot; None saves nothing.
        max_repairs: How often a design that was not admitted goes back to the model.
        on_event: Receives `(step, data)` as the build goes on; what it raises ends the build.

    Returns:
        The snapshot.

    Raises:
        ManifestError: The manifest is unreadable, or asks for something that does not exist.
        ConfigError: The configuration is wrong, or `llm` is no backend.
        BackendNotFoundError: The backend is not installed, blocked or broken.
        PackError: The pack is not installed, or broke its promise.
        LLMBackendError: The backend is not configured, or it failed.
        AdmissionError: No attempt was admitted.
        StoreError: The snapshot cannot be saved.
    """
    plan = as_manifest(manifest)
    if seed is not None:
        plan = replace(plan, seed=seed)
    if llm is None or isinstance(llm, str):
        choice = choose(read_layers(Layer("the call", llm, is_written=False)))
        resolved, plugins = make_backend(choice), choice.plugins
        name, backend = resolved.name, resolved.backend
    else:
        name, backend, plugins = type(llm).__name__, llm, Plugins()
    folder = None if output is None else Path(output)
    job = Job(plan, backend, name, prompt, max_repairs, folder, on_event)
    return build_and_save(job, plugins).snapshot
