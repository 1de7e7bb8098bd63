"""`python -m openrange`."""

from openrange.cli import main

if __name__ == "__main__":
    main()
