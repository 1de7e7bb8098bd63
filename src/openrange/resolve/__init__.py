"""From a name, or none at all, to a configured backend."""
