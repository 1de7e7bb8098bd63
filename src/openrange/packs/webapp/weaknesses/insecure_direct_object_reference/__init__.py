"""Broken object-level authorization: who knows what a thing is called is given it."""
