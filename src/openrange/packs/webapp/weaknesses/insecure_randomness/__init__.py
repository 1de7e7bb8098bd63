"""Insecure randomness: what should be drawn by chance follows from what one knows."""
