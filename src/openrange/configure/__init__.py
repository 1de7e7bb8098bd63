"""From files, environment and command line to one configured backend; and whether it would work."""
