"""What two worlds of the same structure have in common, whatever their names and numbers are."""

from __future__ import annotations

import hashlib
import json

from openrange.packs.webapp.world import World

SPLITS = ("train", "test")
_TESTED = 4  # one structure of so many is kept for tests


def structure_of(world: World) -> str:
    """A hash of the chain, its contexts, the gates, doors, schemas and formats of a world.

    Args:
        world: The world, without its hash.

    Returns:
        16 hexadecimal digits.
    """
    facts = [
        (
            link["weakness"],
            link["context"],
            # An ending or a word is a name; a filter or a format is not.
            {k: v for k, v in link["facts"].items() if k in ("filter", "parentheses", "format")},
            service["gate"]["kind"],
            service["gate"]["place"].partition(":")[0],
            service["by_host"],
            sorted(
                (
                    door["kind"],
                    door["method"],
                    len(door["facts"].get("shown", ())),
                    door["facts"].get("in_path"),
                    door["facts"].get("nested"),
                    door["facts"].get("programs"),
                )
                for door in service["doors"]
            ),
            service["words"]["layout"],
            service["words"]["list"],
            service["words"]["spelling"],
            service["words"]["sessions"],
        )
        for link, service in zip(world["chain"], world["services"], strict=True)
    ]
    text = json.dumps(facts, sort_keys=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def split_of(structure: str) -> str:
    """Whether worlds of a structure are for training or for tests.

    Args:
        structure: As `structure_of` gives it.

    Returns:
        One of `SPLITS`. A quarter of all structures is for tests.
    """
    return "test" if int(structure, 16) % _TESTED == 0 else "train"
