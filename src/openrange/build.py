"""`openrange.build`: from whatever the user has to a saved snapshot."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from os import PathLike
from pathlib import Path

from openrange.configure.layers import Layer
from openrange.configure.resolver import choose, realize
from openrange.core.builder import DEFAULT_MAX_REPAIRS, Built, build_world
from openrange.core.manifest import Manifest
from openrange.core.pack import Pack
from openrange.core.snapshot import Snapshot
from openrange.core.store import SnapshotStore
from openrange.errors import ConfigError, LLMBackendError, ManifestError, OpenRangeError, PackError
from openrange.llm.contract import LLMBackend, SupportsPreflight
from openrange.llm.recording import EventSink
from openrange.plugins.entry_points import PACKS, normalized
from openrange.plugins.registry import Plugins

ManifestSource = Manifest | Mapping[str, object] | str | PathLike[str] | None


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
        on_event: Receives `(step, data)` as the build goes on.

    Returns:
        The snapshot.

    Raises:
        ManifestError: The manifest is unreadable, or asks for something that does not exist.
        ConfigError: The configuration is wrong.
        BackendNotFoundError: The backend is not installed, blocked or broken.
        PackError: The pack is not installed, or broke its promise.
        LLMBackendError: The backend is not configured, or it failed.
        AdmissionError: No attempt was admitted.
        StoreError: The snapshot cannot be saved.
    """
    plan = as_manifest(manifest)
    if seed is not None:
        plan = replace(plan, seed=seed)
    plugins: Plugins | None = None
    if llm is None or isinstance(llm, str):
        choice = choose(Layer("the call", llm, is_written=False))
        resolved, plugins = realize(choice), choice.plugins
        name, backend = resolved.name, resolved.backend
    else:
        name, backend = type(llm).__name__, llm
    return build_and_save(
        plan,
        backend,
        backend=name,
        prompt=prompt,
        output=output,
        max_repairs=max_repairs,
        on_event=on_event,
        plugins=plugins,
    )[0].snapshot


def build_and_save(
    manifest: Manifest,
    llm: LLMBackend,
    *,
    backend: str,
    prompt: str | None = None,
    output: str | PathLike[str] | None = None,
    max_repairs: int = DEFAULT_MAX_REPAIRS,
    on_event: EventSink | None = None,
    plugins: Plugins | None = None,
) -> tuple[Built, Path | None]:
    """Build a world with a given backend, after finding out that nothing stands in the way.

    Args:
        manifest: What the user wants.
        llm: Designs the world.
        backend: The backend's name.
        prompt: What else the user wants, in words.
        output: A directory in which to save the snapshot; None saves nothing.
        max_repairs: How often a design that was not admitted goes back to the model.
        on_event: Receives `(step, data)` as the build goes on.
        plugins: What is installed, as the user configured it.

    Returns:
        The world, and the snapshot's file.

    Raises:
        OpenRangeError: As `build` does.
    """
    if max_repairs < 0:
        raise ConfigError(f"max_repairs must not be negative, but is {max_repairs}")
    pack = find_pack(manifest, plugins or Plugins())
    store = None if output is None else SnapshotStore(output)
    if store is not None:
        store.check_writable()
    _preflight(llm, backend)
    built = build_world(
        manifest,
        pack,
        llm,
        backend=backend,
        prompt=prompt,
        max_repairs=max_repairs,
        on_event=on_event,
    )
    return built, None if store is None else store.save(built.snapshot)


def _preflight(llm: LLMBackend, backend: str) -> None:
    if not isinstance(llm, SupportsPreflight):
        return
    try:
        llm.preflight()
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - named as the backend's breach of contract
        breach = f"its preflight raised {type(error).__name__} instead of LLMBackendError"
    else:
        return
    raise LLMBackendError(f"{backend}: the backend broke the contract: {breach}", kind="contract")


def as_manifest(source: ManifestSource) -> Manifest:
    """Read a manifest from whatever the caller has.

    Args:
        source: A manifest, its document, or the path of its file; None for the starter manifest.

    Returns:
        The manifest.

    Raises:
        ManifestError: It is unreadable, or asks for something that does not exist.
    """
    if source is None:
        return Manifest.starter()
    if isinstance(source, Manifest):
        return source
    if isinstance(source, Mapping):
        return Manifest.from_mapping(source)
    return Manifest.load(Path(source))


def find_pack(manifest: Manifest, plugins: Plugins) -> Pack:
    """The installed pack that a manifest asks for.

    Args:
        manifest: What the user wants.
        plugins: What is installed, as the user configured it.

    Returns:
        The pack.

    Raises:
        PackError: It is not installed, blocked, broken, or claimed twice.
        ManifestError: It is installed, but from another distribution than the manifest names.
    """
    source = manifest.pack.source
    if source is not None:
        entries = plugins.registered(PACKS, manifest.pack.id)
        if normalized(source) not in {normalized(entry.distribution) for entry in entries}:
            raise ManifestError(
                f"manifest: pack.source {source!r} is no installed distribution that provides the "
                f"pack {manifest.pack.id!r}"
            )
        plugins = plugins.pinned(manifest.pack.id, source)
    problem: str
    try:
        pack: Pack = plugins.load(PACKS, manifest.pack.id)()
    except OpenRangeError:
        raise
    except Exception as error:  # noqa: BLE001 - a stranger's constructor may raise anything
        problem = f"{type(error).__name__}: {error}"
    else:
        return pack
    raise PackError(f"the pack {manifest.pack.id!r} cannot be made ({problem})")
