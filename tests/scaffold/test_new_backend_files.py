"""A project is written whole or not at all, whatever comes between."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from types import MappingProxyType

import pytest
from command_line import files

from openrange.errors import ConfigError, ProjectError
from openrange.scaffold.project import write

FILES = MappingProxyType({"one.txt": "1", "folder/two.txt": "2", "last.txt": "3"})


class Disturbed(Mapping[str, str]):
    """Files to write; before the last one, something happens."""

    def __init__(self, disturb: Callable[[], object]) -> None:
        self._disturb = disturb

    def __getitem__(self, path: str) -> str:
        if path == list(FILES)[-1]:
            self._disturb()
        return FILES[path]

    def __iter__(self) -> Iterator[str]:
        return iter(FILES)

    def __len__(self) -> int:
        return len(FILES)


def interrupt() -> None:
    raise KeyboardInterrupt


@pytest.mark.parametrize("directory", ["new", "empty"])
def test_an_interrupt_leaves_nothing(directory: str) -> None:
    Path("empty").mkdir()
    with pytest.raises(KeyboardInterrupt):
        write(Disturbed(interrupt), directory)
    assert files() == ["empty"]


@pytest.mark.parametrize(
    "appear",
    [
        lambda: Path("new").write_text("theirs"),
        lambda: (Path("new").mkdir(), Path("new/file").write_text("theirs")),
    ],
    ids=["file", "directory"],
)
def test_what_appears_meanwhile_stays_and_nothing_of_ours(appear: Callable[[], object]) -> None:
    with pytest.raises(ProjectError, match="cannot write to new: "):
        write(Disturbed(appear), "new")
    assert files() in (["new"], ["new", "new/file"])
    assert "theirs" in (Path("new") if Path("new").is_file() else Path("new/file")).read_text()


def test_a_file_that_appears_meanwhile_in_an_empty_directory_stays() -> None:
    Path("empty").mkdir()
    theirs = Path("empty/last.txt")
    with pytest.raises(ProjectError, match="cannot write to empty: File exists"):
        write(Disturbed(lambda: theirs.write_text("theirs")), "empty")
    assert files() == ["empty", "empty/last.txt"]
    assert theirs.read_text() == "theirs"


def test_a_path_with_a_nul_is_refused() -> None:
    with pytest.raises(ConfigError, match="it is no name of a directory"):
        write(FILES, "a\0b")
