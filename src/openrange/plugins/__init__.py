"""What is installed: who registers which name, what is blocked, and the hooks of backends."""
