"""The command line. It knows everything, and nothing knows it."""

from openrange.cli.main import main

__all__ = ["main"]
