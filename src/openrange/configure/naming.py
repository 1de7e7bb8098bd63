"""From the name of a provider, or of a model, to the backend that serves it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from openrange.configure.detection import Detected, detect, own_server
from openrange.configure.layers import Layer
from openrange.errors import BackendNotFoundError, ConfigError
from openrange.plugins.groups import BACKEND
from openrange.plugins.providers import Provider, known_providers, provider_of
from openrange.plugins.registry import Plugins

# Programs that serve the models of one provider, whose names need no provider in front.
_PROGRAMS = {"codex": "openai", "claude": "anthropic"}


def served_by(name: str, plugins: Plugins) -> Provider | None:
    """The provider that was named in the place of a backend.

    Args:
        name: What was given as the name of a backend.
        plugins: What is installed.

    Returns:
        The provider; None for the name of a backend, and for one that means nothing.

    Raises:
        BackendNotFoundError: The backend that serves it is not installed.
    """
    provider = None if plugins.registered(BACKEND, name) else known_providers().get(name)
    if provider is not None and not plugins.registered(BACKEND, provider.backend):
        raise BackendNotFoundError(
            f"{name!r} is a provider, and the backend for it is not installed; {provider.next_step}"
        )
    return provider


def with_provider(layers: Sequence[Layer], provider: Provider) -> tuple[Layer, ...]:
    """The layers, of which the strongest model is named as the provider's backend wants it.

    Args:
        layers: Those that count, strongest first.
        provider: The provider that was chosen.

    Returns:
        The same, and behind them the provider's default model.
    """
    renamed = list(layers)
    for place, layer in enumerate(layers):
        if isinstance(model := layer.options.get("model"), str):
            options = {**layer.options, "model": provider.own_name(model)}
            renamed[place] = replace(layer, options=options)
            return tuple(renamed)
    if provider.model:
        renamed.append(Layer(f"the default for {provider.name}", None, {"model": provider.model}))
    return tuple(renamed)


def by_model(
    layers: Sequence[Layer], plugins: Plugins, environ: Mapping[str, str]
) -> tuple[Detected, tuple[Layer, ...]]:
    """Choose a backend where none was named: by the model that was, or else by detection.

    Args:
        layers: Those that count, strongest first.
        plugins: What is installed.
        environ: The environment's variables, without blank ones.

    Returns:
        The choice, and the layers with the model as the backend wants to hear it.

    Raises:
        BackendNotFoundError: The backend that serves the model is not installed.
        ConfigError: No backend is configured that could ask the model.
    """
    given = tuple(layers)
    named = next((each for each in given if isinstance(each.options.get("model"), str)), None)
    if named is None:
        return detect(plugins, environ), given
    model = str(named.options["model"])
    provider = provider_of(model)
    if provider is None:
        found = detect(plugins, environ)
        if found.name == "offline":
            raise ConfigError(_without_a_key(named.source, model))
        return found, given
    key = next((variable for variable in provider.variables if variable in environ), None)
    server = own_server(environ)
    if server and (key is None or provider.is_of_the_core):  # whose names of models are its own
        return Detected("openai-compatible", f"{server} is set", server), given
    if key is None and (other := _program_or_stranger(plugins, environ, provider, model)):
        return other, given
    served_by(provider.name, plugins)
    why = f"{named.source} names a model of {provider.name}"
    return Detected(provider.backend, why, key), with_provider(given, provider)


def _program_or_stranger(
    plugins: Plugins, environ: Mapping[str, str], provider: Provider, model: str
) -> Detected | None:
    """What is detected, where it may well serve a model whose provider has no key here."""
    try:
        found = detect(plugins, environ)
    except BackendNotFoundError:
        return None
    if found.name in _PROGRAMS:
        return found if _PROGRAMS[found.name] == provider.name and "/" not in model else None
    ours = {"offline", *(each.backend for each in known_providers().values())}
    return None if found.name in ours else found


def _without_a_key(source: str, model: str) -> str:
    return (
        f"{source} names the model {model!r}, and no key is set to ask it with: set "
        "OPENAI_API_KEY, or OPENAI_BASE_URL for a server of your own; or put its provider in "
        f"front, such as groq/{model.rpartition('/')[2]}; or choose a backend with --backend"
    )
