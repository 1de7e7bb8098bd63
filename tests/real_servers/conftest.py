from __future__ import annotations

import os

# These tests need servers of other people, which `nox -s real_servers` installs.
is_wanted = os.environ.get("OPENRANGE_REAL_SERVERS") == "1"
collect_ignore_glob = [] if is_wanted else ["test_*.py"]
