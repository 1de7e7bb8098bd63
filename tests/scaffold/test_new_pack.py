from __future__ import annotations

import tomllib
from pathlib import Path

import pytest
from command_line import files, openrange

WRITTEN = [
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/openrange_pack_acme/__init__.py",
    "src/openrange_pack_acme/files/README.md",
    "src/openrange_pack_acme/pack.py",
    "src/openrange_pack_acme/py.typed",
    "src/openrange_pack_acme/serve.py",
    "tests/test_acme.py",
    "world.yaml",
]


def written(directory: str | Path) -> list[str]:
    return [path for path in files(str(directory)) if Path(directory, path).is_file()]


def test_it_writes_a_project_and_says_what_to_do_next() -> None:
    done = openrange("new-pack", "acme")
    assert (done.status, done.err) == (0, "")
    assert written("openrange-pack-acme") == WRITTEN
    lines = done.out.splitlines()
    assert lines[0] == "Wrote the pack acme into openrange-pack-acme:"
    for line in (*WRITTEN, "cd openrange-pack-acme", 'pip install -e ".[test]"', "openrange packs"):
        assert f"  {line}" in lines


def test_as_json_it_prints_one_object() -> None:
    document = openrange("new-pack", "x-1", "there", "--json").document
    assert document.pop("next")[0] == "cd there"
    assert document.pop("files") == written("there")
    assert document == {
        "name": "x-1",
        "distribution": "openrange-pack-x-1",
        "package": "openrange_pack_x_1",
        "class": "X1Pack",
        "directory": "there",
    }


def test_the_project_names_its_pack_and_nobody_as_its_author() -> None:
    openrange("new-pack", "my-own")
    project = tomllib.loads(Path("openrange-pack-my-own/pyproject.toml").read_text())["project"]
    assert project["name"] == "openrange-pack-my-own"
    assert project["entry-points"] == {
        "openrange.packs": {"my-own": "openrange_pack_my_own.pack:MyOwnPack"}
    }
    assert not {"authors", "maintainers", "license", "urls"} & set(project)
    for path in written("openrange-pack-my-own"):
        text = Path("openrange-pack-my-own", path).read_text("utf-8")
        assert "acme" not in text.lower()
        assert "$" not in text


@pytest.mark.parametrize(
    ("name", "says"),
    [
        ("webapp", "the pack 'webapp' is OpenRange's own"),
        ("My_Pack", "did you mean 'my-pack'?"),
        ("", "the name of a pack has at most 40 characters"),
    ],
)
def test_a_name_that_will_not_do_is_refused_and_nothing_is_written(name: str, says: str) -> None:
    done = openrange("new-pack", name)
    assert done.status == 2
    assert says in done.complaint
    assert list(Path.cwd().iterdir()) == []


def test_a_directory_that_is_not_empty_is_left_alone() -> None:
    Path("mine").mkdir()
    Path("mine/file").write_text("mine")
    done = openrange("new-pack", "acme", "mine")
    assert done.status == 2
    assert "it is not empty" in done.complaint
    assert written("mine") == ["file"]
