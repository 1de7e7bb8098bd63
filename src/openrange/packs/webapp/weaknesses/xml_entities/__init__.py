"""XML external entities: a document has other files put into it, from a tree in memory."""
