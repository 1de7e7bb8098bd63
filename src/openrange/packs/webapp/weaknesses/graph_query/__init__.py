"""Queries by name of field: one is answered that a page never asks for, or is guarded elsewhere."""
