"""Path traversal: a name leads out of the folder, over a tree of files in memory."""
