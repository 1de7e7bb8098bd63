"""Template injection: what is typed becomes a part of a template, in a language of our own."""
