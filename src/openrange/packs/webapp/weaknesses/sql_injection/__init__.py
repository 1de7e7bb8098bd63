"""SQL injection: what is typed becomes a part of a statement."""
