"""What running worlds have in common: a flag, a process, and clients that visit it."""
