"""Forged sessions: the holder says who the holder is."""
