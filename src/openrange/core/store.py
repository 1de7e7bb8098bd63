"""Where snapshots are kept: a directory with one file a world, named by its id."""

from __future__ import annotations

import os
import re
import secrets
import tempfile
from contextlib import suppress
from pathlib import Path

from openrange.core.snapshot import Snapshot
from openrange.errors import StoreError

DEFAULT_DIRECTORY = Path("snapshots")
MAX_SNAPSHOT_BYTES = 20_000_000
_TRIAL_BYTES = 100_000  # about what a snapshot takes
_ID = re.compile(r"[0-9a-f]{64}")


class SnapshotStore:
    """A directory of snapshots. It is made when the first one is saved.

    Args:
        directory: Where the files are.
    """

    def __init__(self, directory: str | os.PathLike[str] = DEFAULT_DIRECTORY) -> None:
        self.directory = Path(directory)

    def path(self, snapshot_id: str) -> Path:
        """The file of a snapshot, whether it exists or not."""
        return self.directory / f"{snapshot_id}.json"

    def check_writable(self) -> None:
        """Find out, before any work is done, whether a snapshot could be saved. Leaves nothing.

        Raises:
            StoreError: It could not.
        """
        try:
            nearest = _nearest(self.directory.absolute())
            if not nearest.is_dir():
                raise StoreError(f"cannot save to {self.directory}: {nearest} is not a directory")
            with tempfile.TemporaryFile(dir=nearest) as trial:
                trial.write(bytes(_TRIAL_BYTES))
        except (OSError, ValueError) as error:  # the second for a name that holds a NUL
            reason = getattr(error, "strerror", None) or str(error)
            raise StoreError(f"cannot save to {self.directory}: {reason}") from None

    def save(self, snapshot: Snapshot) -> Path:
        """Save a snapshot, whole or not at all. One with the same id is the same world, and stays.

        Args:
            snapshot: What to save.

        Returns:
            The snapshot's file.

        Raises:
            StoreError: It cannot be written.
        """
        target = self.path(snapshot.id)
        try:
            self.directory.mkdir(parents=True, exist_ok=True)
            if not _holds(target, snapshot):
                write_whole(target, snapshot.to_json())
        except OSError as error:
            raise StoreError(f"cannot save to {self.directory}: {error.strerror}") from None
        return target

    def replace(self, file: Path, snapshot: Snapshot) -> None:
        """Write what is known of a snapshot into its file, whole or not at all.

        Args:
            file: Where it is kept.
            snapshot: The same snapshot, with other metadata.

        Raises:
            StoreError: It cannot be written.
        """
        try:
            write_whole(file, snapshot.to_json())
        except OSError as error:
            raise StoreError(f"cannot write to {file}: {error.strerror}") from None

    def load(self, snapshot: str | os.PathLike[str]) -> Snapshot:
        """Load a snapshot by path, or by an unambiguous beginning of its id.

        Args:
            snapshot: The path or the beginning.

        Returns:
            The snapshot.

        Raises:
            StoreError: There is none, there are several, or the file is no snapshot.
        """
        file = self.find(snapshot)
        try:
            with file.open("rb") as stream:
                raw = stream.read(MAX_SNAPSHOT_BYTES + 1)
            if len(raw) > MAX_SNAPSHOT_BYTES:
                raise StoreError(f"it is larger than {MAX_SNAPSHOT_BYTES:,} bytes")
            loaded = Snapshot.from_json(raw)
        except OSError as error:
            raise StoreError(f"{file}: {error.strerror}") from None
        except StoreError as error:
            raise StoreError(f"{file}: {error}") from None
        if not _ID.fullmatch(file.stem) or file.stem == loaded.id:
            return loaded
        raise StoreError(f"{file}: it holds another snapshot than its name says, {loaded.id}")

    def find(self, snapshot: str | os.PathLike[str]) -> Path:
        """The file of a snapshot that is given by path or by the beginning of its id.

        Args:
            snapshot: The path or the beginning.

        Returns:
            An existing file.

        Raises:
            StoreError: There is none, or there are several.
        """
        given = os.fspath(snapshot)
        with suppress(OSError):  # no name of a file at all, such as one that is too long
            if Path(given).is_file():
                return Path(given)
        found = self.ids(given) if given else []
        if len(found) > 1:
            names = ", ".join(snapshot_id[:12] for snapshot_id in found[:5])
            raise StoreError(f"{given!r} could be any of {len(found)} snapshots: {names}…")
        if not found:
            raise StoreError(
                f"there is no snapshot {given!r}: neither a file, nor the beginning of an id in "
                f"{self.directory}/"
            )
        return self.path(found[0])

    def ids(self, beginning: str = "") -> list[str]:
        """The ids of the snapshots that are kept, judged by the names of the files.

        Args:
            beginning: What they begin with.

        Returns:
            The ids, sorted; none if there is no such directory.
        """
        with suppress(OSError):  # no name of a directory
            if re.fullmatch(r"[0-9a-f]{0,64}", beginning) and self.directory.is_dir():
                files = self.directory.glob(f"{beginning}*.json")
                return sorted(file.stem for file in files if _ID.fullmatch(file.stem))
        return []


def _nearest(directory: Path) -> Path:
    """The directory, or the nearest above it that is there; a link counts, wherever it leads."""
    while True:
        try:
            directory.lstat()
        except (FileNotFoundError, NotADirectoryError):
            directory = directory.parent
        else:
            return directory


def _holds(file: Path, snapshot: Snapshot) -> bool:
    """Whether a file is there and is that snapshot, undamaged."""
    try:
        return Snapshot.from_json(file.read_bytes()) == snapshot
    except (OSError, StoreError):
        return False


def write_whole(target: Path, text: str) -> None:
    """Put a file in place in one step, so that no reader and no crash sees half of it.

    Args:
        target: The file.
        text: What it is to hold.

    Raises:
        OSError: It cannot be written.
    """
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        with temporary.open("x", encoding="utf-8") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(stream.fileno())
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
