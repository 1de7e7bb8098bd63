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
from openrange.errors import ConfigError
from openrange.llm.contract import LLMBackend
from openrange.llm.recording import EventSink
from openrange.plugins.groups import BACKEND
from openrange.plugins.providers import known_providers, provider_of
from openrange.plugins.registry import Plugins


def build(
    manifest: ManifestSource = None,
    *,
    llm: str | LLMBackend | None = None,
    model: str | None = None,
    seed: int | None = None,
    prompt: str | None = None,
    output: str | PathLike[str] | None = None,
    max_repairs: int = DEFAULT_MAX_REPAIRS,
    on_event: EventSink | None = None,
) -> Snapshot:
    """Build one admitted world.

    Args:
        manifest: A manifest, its document, or the path of its file; None for the starter manifest.
        llm: A backend; the name of one, of a provider or of a model; or None for the one that the
            configuration names or the environment suggests.
        model: The model, where `llm` is no backend itself.
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
        choice = choose(read_layers(_said(llm, model)))
        resolved, plugins = make_backend(choice), choice.plugins
        name, backend = resolved.name, resolved.backend
    elif model is not None:
        raise ConfigError("model is for a backend that is named; give this one its model itself")
    else:
        name, backend, plugins = type(llm).__name__, llm, Plugins()
    folder = None if output is None else Path(output)
    job = Job(plan, backend, name, prompt, max_repairs, folder, on_event)
    return build_and_save(job, plugins).snapshot


def _said(llm: str | None, model: str | None) -> Layer:
    """What the call says: a text may be the name of a model, where no backend has that name."""
    is_named = llm is None or llm in known_providers() or Plugins().registered(BACKEND, llm)
    if llm is not None and model is None and not is_named and provider_of(llm):
        llm, model = None, llm
    return Layer("the call", llm, {} if model is None else {"model": model}, is_written=False)
