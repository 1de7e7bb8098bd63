"""New projects of people who extend OpenRange: from a name to files."""
