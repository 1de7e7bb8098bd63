from __future__ import annotations

import os

# These tests need the real Claude program, which `nox -s claude_real` installs.
collect_ignore_glob = [] if os.environ.get("OPENRANGE_CLAUDE_COMMAND") else ["test_*.py"]
