"""The embedded default: no network and no model, a seeded sampler of the request's schema."""

from openrange.backends.offline.backend import OfflineBackend

__all__ = ["OfflineBackend"]
