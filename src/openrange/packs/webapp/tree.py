"""Files in memory: a dictionary of texts by their absolute paths, and no folders but in these."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterable


def resolved(path: str) -> str:
    """An absolute path without `.` and `..`, as POSIX resolves it where there are no links.

    Args:
        path: A path, which begins at the root.

    Returns:
        The path, without a slash at its end.
    """
    parts: list[str] = []
    for part in path.split("/"):
        if part == ".." and parts:
            parts.pop()
        elif part not in ("", ".", ".."):
            parts.append(part)
    return "/" + "/".join(parts)


def inside(files: Iterable[str], folder: str) -> list[str]:
    """What stands in a folder.

    Args:
        files: The paths of all files.
        folder: An absolute path.

    Returns:
        The names of files and folders in it, in alphabetical order; none where there is no such
        folder.
    """
    start = folder.rstrip("/") + "/"
    return sorted({e[len(start) :].partition("/")[0] for e in files if e.startswith(start)})
