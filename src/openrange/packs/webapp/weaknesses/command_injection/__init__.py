"""Command injection: what is typed becomes a part of a command line, for a shell of our own."""
