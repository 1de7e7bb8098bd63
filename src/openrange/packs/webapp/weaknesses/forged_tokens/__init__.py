"""Forged tokens: what a signed token claims is believed, and the signature can be had."""
