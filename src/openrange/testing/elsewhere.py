"""The id of a world, made in a process of its own: `python -m openrange.testing.elsewhere M:CLASS`.

Manifest and design come from standard input, as JSON.
"""

from __future__ import annotations

import json
import pkgutil
import sys

from openrange.core.manifest import Manifest
from openrange.core.snapshot import Snapshot

if __name__ == "__main__":
    pack = pkgutil.resolve_name(sys.argv[1])()
    document, design = json.load(sys.stdin)
    made = pack.realize(Manifest.from_mapping(document), design)
    sys.stdout.write(Snapshot.freeze(pack, made, {}).id)
