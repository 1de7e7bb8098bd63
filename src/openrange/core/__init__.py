"""From a manifest to a frozen snapshot. Knows the contract of backends, and no backend."""
