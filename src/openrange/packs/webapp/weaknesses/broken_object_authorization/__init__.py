"""Broken object-level authorization: nobody checks whose it is."""
