"""SQL injection: what is typed becomes part of a statement."""
