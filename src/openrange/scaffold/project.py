"""A project's files: made from a folder of templates, and written whole or not at all."""

from __future__ import annotations

import os
import secrets
from collections.abc import Callable, Mapping
from contextlib import suppress
from functools import partial
from importlib.resources.abc import Traversable
from pathlib import Path
from string import Template

from openrange.errors import ConfigError, ProjectError

_SUFFIX = ".tmpl"  # so that no tool takes a template for what it is a template of


def render(
    template: Traversable, values: Mapping[str, str], names: Mapping[str, str]
) -> dict[str, str]:
    """Fill in a folder of templates.

    Args:
        template: The folder. Each file ends in `.tmpl`, and has `$name` for each value.
        values: The values by name.
        names: What to replace in the names of files and folders.

    Returns:
        The text of each file by its path, with slashes. `pyproject.toml` is the last, because it is
        what makes a folder a project.
    """
    files: dict[str, str] = {}

    def read(folder: Traversable, above: str) -> None:
        for entry in folder.iterdir():
            path = above + entry.name
            if entry.is_dir():
                read(entry, path + "/")
            elif path.endswith(_SUFFIX):
                for part, name in names.items():
                    path = path.replace(part, name)
                text = Template(entry.read_text("utf-8")).substitute(values)
                files[path.removesuffix(_SUFFIX)] = text

    read(template, "")
    return dict(sorted(files.items(), key=lambda file: (file[0] == "pyproject.toml", file[0])))


def write(files: Mapping[str, str], directory: str | os.PathLike[str]) -> None:
    """Write files into a new or an empty directory: all of them, or else nothing stays behind.

    A new directory is made under another name beside its place, and renamed when it is complete. An
    empty one stays the directory that it is, in which somebody may be working.

    Args:
        files: The text of each file by its path, with slashes.
        directory: Where to write. Its parent exists.

    Raises:
        ConfigError: The directory will not do, so that nothing was begun: it is not empty or is
            none, its parent does not exist, or the file system refuses it.
        ProjectError: The file system failed in the middle.
    """
    target = Path(directory)
    made: list[Path] = []
    problem: str
    try:
        if _is_there(target):
            _make(files, target, made)
        else:
            draft = target.with_name(f".openrange-{secrets.token_hex(4)}.tmp")
            _create(draft, draft.mkdir, made)
            _make(files, draft, made)
            draft.rename(target)
        made.clear()
        return
    except OSError as error:
        problem = error.strerror or type(error).__name__
    except ValueError:  # a NUL in it
        problem = "it is no name of a directory"
    finally:
        is_begun = any(map(os.path.lexists, made))
        for path in reversed(made):
            _remove(path)
    kind = ProjectError if is_begun else ConfigError
    raise kind(f"cannot write to {target}: {problem}")


def _is_there(target: Path) -> bool:
    """Whether the directory exists, and is empty; False if it can be made."""
    with suppress(FileNotFoundError, NotADirectoryError), os.scandir(target) as entries:
        if next(entries, None) is not None:
            raise ConfigError(f"cannot write to {target}: it is not empty")
        return True
    if target.is_symlink():
        raise ConfigError(f"cannot write to {target}: it is a symbolic link to no directory")
    if os.path.lexists(target):
        raise ConfigError(f"cannot write to {target}: it is not a directory")
    if not target.parent.is_dir():
        raise ConfigError(f"cannot write to {target}: there is no directory {target.parent}")
    return False


def _make(files: Mapping[str, str], base: Path, made: list[Path]) -> None:
    for name, text in files.items():
        path = base
        *folders, last = name.split("/")
        for folder in folders:
            path /= folder
            if path not in made:
                _create(path, path.mkdir, made)
        path /= last
        _create(path, partial(_fill, path, text), made)


def _fill(file: Path, text: str) -> None:
    with file.open("x", encoding="utf-8", newline="\n") as stream:
        stream.write(text)


def _create(path: Path, create: Callable[[], object], made: list[Path]) -> None:
    """Create something, and have it on record before it exists, lest an interrupt leaves it."""
    made.append(path)
    try:
        create()
    except FileExistsError:  # somebody else's, who came first
        made.pop()
        raise


def _remove(path: Path) -> None:
    with suppress(OSError):  # it was not made after all, or is not empty: then it is not only ours
        path.unlink() if not path.is_dir() else path.rmdir()
