"""Weak or leaked credentials: somebody else's account can be signed in to."""
