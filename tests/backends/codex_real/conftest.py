from __future__ import annotations

import os

# These tests need the real Codex program, which `nox -s codex_real` installs.
collect_ignore_glob = [] if os.environ.get("OPENRANGE_CODEX_COMMAND") else ["test_*.py"]
