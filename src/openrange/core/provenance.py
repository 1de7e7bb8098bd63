"""Where a snapshot comes from: which package plays it, and whether it was admitted here."""

from __future__ import annotations

import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from openrange.core.admission import admit
from openrange.core.installed_packs import installed_pack
from openrange.core.manifest import PackRef
from openrange.core.pack import Pack, Realization
from openrange.core.report import AdmissionReport
from openrange.core.snapshot import Snapshot
from openrange.errors import PackError
from openrange.llm.text import presentable
from openrange.plugins.entry_points import PACKS, scan
from openrange.plugins.registry import Plugins

_MADE_WITH, _SEAL = "made_with", "seal"


def sealed(snapshot: Snapshot) -> Snapshot:
    """The same snapshot, with a note that this installation admitted it.

    The note is a code that nobody computes without a secret of this installation, so that a file
    from elsewhere cannot claim it.

    Args:
        snapshot: What was just admitted.

    Returns:
        The snapshot, with the same id; unchanged where the secret cannot be kept.
    """
    code = _code(snapshot.id)
    return (
        snapshot if code is None else replace(snapshot, metadata={**snapshot.metadata, _SEAL: code})
    )


def is_admitted_here(snapshot: Snapshot) -> bool:
    """Whether this installation admitted the snapshot.

    Args:
        snapshot: A snapshot from anywhere.

    Returns:
        False also where that cannot be known.
    """
    noted, code = snapshot.metadata.get(_SEAL), _code(snapshot.id)
    if code is None or not isinstance(noted, str):
        return False
    return hmac.compare_digest(noted.encode("utf-8", "replace"), code.encode())


def made_with(pack: Pack) -> dict[str, object]:
    """What a snapshot notes of the package that its pack comes from.

    Args:
        pack: Who realized it.

    Returns:
        A part of the snapshot's metadata; empty if no package is known.
    """
    entries = scan().by_name.get((PACKS, pack.id), ())
    return {_MADE_WITH: str(entries[0])} if len(entries) == 1 else {}


def pack_of(snapshot: Snapshot, pack: Pack | None = None) -> Pack:
    """The pack that made a snapshot, in its version.

    Args:
        snapshot: The snapshot.
        pack: What is at hand; None takes the installed one.

    Returns:
        The pack.

    Raises:
        PackError: It is not installed, or in another version than the snapshot's.
    """
    found = pack or installed_pack(PackRef(snapshot.pack_id), Plugins())
    if (found.id, found.version) == (snapshot.pack_id, snapshot.pack_version):
        return found
    package = snapshot.metadata.get(_MADE_WITH)
    plays = (
        f"{presentable(package, 100)}, with which it was made, plays it"
        if isinstance(package, str)
        else "the release that made it plays it"
    )
    raise PackError(
        f"the snapshot is of the pack {snapshot.pack_id!r} in version {snapshot.pack_version}, and "
        f"not of {found.id!r} in version {found.version}, which is at hand: {plays}, or build its "
        "manifest again"
    )


def verify(snapshot: Snapshot) -> AdmissionReport:
    """Admit a snapshot anew: boot its world, and try it as a build does.

    Args:
        snapshot: A snapshot from anywhere.

    Returns:
        The report, whether it is admitted or not.

    Raises:
        PackError: Its pack is not installed, or in another version.
    """
    return admit(pack_of(snapshot), Realization(snapshot.world, snapshot.tasks, snapshot.artifacts))


def _code(snapshot_id: str) -> str | None:
    secret = _secret()
    if secret is None:
        return None
    return hmac.new(secret, snapshot_id.encode(), hashlib.sha256).hexdigest()


def _secret() -> bytes | None:
    """A secret of this installation, made when it is first needed; None where it cannot be kept."""
    import platformdirs

    with suppress(OSError, RuntimeError):  # no home, or none that can be written
        file = Path(platformdirs.user_data_path("openrange", appauthor=False), "installation")
        if not file.exists():
            file.parent.mkdir(parents=True, exist_ok=True)
            draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}.tmp")
            try:
                with open(draft, "xb", opener=_private) as stream:
                    stream.write(secrets.token_bytes(32))
                with suppress(FileExistsError):  # another process came first
                    os.link(draft, file)
            finally:
                draft.unlink(missing_ok=True)
        secret = file.read_bytes()
        return secret if len(secret) == 32 else None
    return None


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)
