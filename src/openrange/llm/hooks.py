"""The mark of a hook that a backend implements beside the contract."""

import pluggy

hookimpl = pluggy.HookimplMarker("openrange")
"""Marks a class method as a hook: it stands inside `classmethod`, for the class is the plugin."""
