from __future__ import annotations

import ctypes
import os
import resource
import subprocess
import sys
import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from command_line import PROGRAM, Ended, environment, files, openrange

from openrange.errors import ConfigError
from openrange.scaffold.backend import BackendProject, backend_files, plan_backend

WRITTEN = [
    ".gitignore",
    "README.md",
    "pyproject.toml",
    "src/openrange_acme/__init__.py",
    "src/openrange_acme/py.typed",
    "tests/conftest.py",
    "tests/test_acme.py",
]


def written(directory: str | Path) -> list[str]:
    """The files below a directory, by their paths."""
    return [path for path in files(str(directory)) if Path(directory, path).is_file()]


def provide(distribution: str, entry_points: str) -> str:
    """Install a distribution that registers something; returns what PYTHONPATH has to be."""
    site = Path.cwd().with_name("site")
    info = site / f"{distribution}-1.5.dist-info"
    info.mkdir(parents=True)
    info.joinpath("METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {distribution}\nVersion: 1.5\n"
    )
    info.joinpath("entry_points.txt").write_text(entry_points)
    return os.pathsep.join(filter(None, [str(site), os.environ.get("PYTHONPATH", "")]))


def limited(limit: Callable[[], object], *arguments: str) -> Ended:
    """Run the program as a process that limits itself first."""
    done = subprocess.run(
        [*PROGRAM, *arguments],
        env=environment(),
        preexec_fn=limit,
        capture_output=True,
        encoding="utf-8",
        timeout=120,
        check=False,
    )
    return Ended(done.returncode, done.stdout, done.stderr)


def test_it_writes_a_project_and_says_what_to_do_next() -> None:
    done = openrange("new-backend", "acme")
    assert (done.status, done.err) == (0, "")
    assert written("openrange-acme") == WRITTEN
    assert [path.name for path in Path.cwd().iterdir()] == ["openrange-acme"]
    lines = done.out.splitlines()
    assert lines[0] == "Wrote the backend acme into openrange-acme:"
    for line in (*WRITTEN, "cd openrange-acme", 'pip install -e ".[test]"', "openrange backends"):
        assert f"  {line}" in lines


def test_as_json_it_prints_one_object() -> None:
    done = openrange("new-backend", "x-1-y2", "--json")
    assert (done.status, done.err) == (0, "")
    document = done.document
    assert document.pop("next")[0] == "cd openrange-x-1-y2"
    assert document.pop("files") == written("openrange-x-1-y2")
    assert document == {
        "name": "x-1-y2",
        "distribution": "openrange-x-1-y2",
        "package": "openrange_x_1_y2",
        "class": "X1Y2Backend",
        "variable": "X_1_Y2_API_KEY",
        "detected": True,
        "directory": "openrange-x-1-y2",
        "note": None,
    }
    refused = openrange("new-backend", "X", "--json")
    assert refused.status == 2
    assert "did you mean 'x'?" in refused.document["error"]["message"]


def test_the_project_names_its_backend_and_nobody_as_its_author() -> None:
    openrange("new-backend", "my-own")
    project = tomllib.loads(Path("openrange-my-own/pyproject.toml").read_text())["project"]
    assert project["name"] == "openrange-my-own"
    assert project["dependencies"] == ["openrange>=2,<3"]
    assert project["entry-points"] == {
        "openrange.backends": {"my-own": "openrange_my_own:MyOwnBackend"},
        "openrange.detect": {"MY_OWN_API_KEY": "openrange_my_own:MyOwnBackend"},
    }
    assert not {"authors", "maintainers", "license", "urls"} & set(project)
    for path in written("openrange-my-own"):
        text = Path("openrange-my-own", path).read_text("utf-8")
        assert "acme" not in text.lower()
        assert "$" not in text.replace("export MY_OWN_API_KEY", "")


@pytest.mark.parametrize(
    "name",
    [
        *(
            "",
            "..",
            ".",
            "/",
            "a/b",
            "../a",
            "1a",
            "a!",
            "$(id)",
            "é",
            "aé",
            "\uff41",
            "\u0663a",
            "a\nb;",
        ),
        *("a\nb;", "a\x1b[31m", "a" * 41, "a" * 5000, "a" + "-b" * 20),
    ],
)
def test_what_cannot_be_a_name_is_refused(name: str) -> None:
    done = openrange("new-backend", "--", name)
    assert (done.status, done.out) == (2, "")
    assert "a letter first" in done.complaint
    assert "did you mean" not in done.complaint
    assert len(done.complaint) < 300
    assert files() == []


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("Acme", "acme"),
        ("ACME_Cloud", "acme-cloud"),
        ("acme.ai", "acme-ai"),
        ("acme cloud", "acme-cloud"),
        ("acme--x", "acme-x"),
        ("acme-", "acme"),
        ("-acme", "acme"),
        ("acme\n", "acme"),
    ],
)
def test_a_name_that_is_nearly_one_is_refused_with_the_right_one(name: str, meant: str) -> None:
    done = openrange("new-backend", "--", name)
    assert done.status == 2
    assert f"(did you mean {meant!r}?)" in done.complaint
    assert files() == []


def test_a_name_that_is_free_only_in_capitals_is_not_suggested() -> None:
    with pytest.raises(ConfigError) as caught:
        plan_backend("Codex")
    assert "did you mean" not in str(caught.value)


@pytest.mark.parametrize("name", ["claude", "codex", "offline", "openai-compatible", "litellm"])
def test_names_of_our_own_and_of_known_plugins_are_taken(name: str) -> None:
    done = openrange("new-backend", name)
    assert done.status == 2
    assert f"the backend {name!r}" in done.complaint or f"a backend {name!r}" in done.complaint
    assert done.complaint.endswith("choose another name")
    assert files() == []


def test_a_name_that_an_installed_package_claims_is_taken() -> None:
    path = provide("parrots", "[openrange.backends]\nacme = nosuchmodule:Backend\n")
    done = openrange("new-backend", "acme", PYTHONPATH=path)
    assert done.status == 2
    assert "there is a backend 'acme' of parrots 1.5" in done.complaint
    assert files() == []


def test_the_name_of_an_installed_package_is_taken() -> None:
    path = provide("OpenRange_Acme", "")
    done = openrange("new-backend", "acme", PYTHONPATH=path)
    assert done.status == 2
    assert "a package openrange-acme 1.5 is installed" in done.complaint
    assert files() == []


def test_a_package_of_which_no_version_can_be_read_is_taken() -> None:
    path = provide("OpenRange_Acme", "")
    (metadata,) = Path(path.split(os.pathsep)[0]).glob("*/METADATA")
    for text in (b"Metadata-Version: 2.1\nName: openrange-acme\n", b"Name: \xff\n", None):
        metadata.write_bytes(text) if text else metadata.unlink()
        done = openrange("new-backend", "acme", PYTHONPATH=path)
        assert done.status == 2
        assert "a package openrange-acme of unknown version is installed" in done.complaint
        assert files() == []


def test_a_package_without_metadata_is_taken_and_not_imported() -> None:
    path = provide("parrots", "")
    package = Path(path.split(os.pathsep)[0], "openrange_my_own")
    package.mkdir()
    assert openrange("new-backend", "my-own", PYTHONPATH=path).status == 0  # a folder is no package
    package.joinpath("__init__.py").write_text("raise SystemExit(7)")
    done = openrange("new-backend", "my-own", "again", PYTHONPATH=path)
    assert done.status == 2
    assert "a package openrange_my_own of unknown version is installed" in done.complaint
    assert files("openrange-my-own")
    assert not Path("again").exists()


@pytest.mark.parametrize(
    ("name", "variable", "other"),
    [
        ("anthropic", "ANTHROPIC_API_KEY", "the backend litellm of openrange-litellm"),
        ("openai", "OPENAI_API_KEY", "the backend openai-compatible of openrange"),
        ("acme", "ACME_API_KEY", "the backend parrot of parrots"),
    ],
)
def test_a_variable_that_chooses_another_backend_is_used_and_not_declared_again(
    name: str, variable: str, other: str
) -> None:
    path = provide(
        "parrots",
        "[openrange.backends]\nparrot = nosuchmodule:Backend\n"
        "[openrange.detect]\nACME_API_KEY = nosuchmodule:Backend\n",
    )
    done = openrange("new-backend", name, PYTHONPATH=path)
    assert done.status == 0
    assert f"{variable} already chooses {other}, so" in done.out
    project = Path(f"openrange-{name}")
    points = tomllib.loads(project.joinpath("pyproject.toml").read_text())["project"]
    assert list(points["entry-points"]) == ["openrange.backends"]
    assert f"openrange build --backend {name}\n" in project.joinpath("README.md").read_text()
    assert f'"detected": "{variable} chooses {other}"' in (
        project.joinpath(f"tests/test_{name}.py").read_text()
    )
    again = openrange("new-backend", name, "again", "--json", PYTHONPATH=path).document
    assert again["detected"] is False
    assert again["note"].startswith(f"{variable} already chooses {other}")


def test_an_empty_directory_is_filled_and_stays_the_same_directory() -> None:
    Path("mine").mkdir(mode=0o700)
    before = Path("mine").stat()
    assert openrange("new-backend", "acme", "mine").status == 0
    after = Path("mine").stat()
    assert (after.st_ino, after.st_mode) == (before.st_ino, before.st_mode)
    assert written("mine") == WRITTEN


def test_the_working_directory_can_be_filled() -> None:
    done = openrange("new-backend", "acme", ".")
    assert done.status == 0
    assert written(".") == WRITTEN
    assert Path.cwd().samefile(".")
    assert "into the working directory:" in done.out
    assert "  cd " not in done.out


def test_a_link_to_an_empty_directory_is_followed() -> None:
    Path("real").mkdir()
    Path("link").symlink_to("real")
    assert openrange("new-backend", "acme", "link").status == 0
    assert Path("link").is_symlink()
    assert written("real") == WRITTEN


def test_a_new_directory_has_the_permissions_of_any_other() -> None:
    done = limited(lambda: os.umask(0o027), "new-backend", "acme", "a b")
    assert done.status == 0
    assert Path("a b").stat().st_mode & 0o777 == 0o750
    assert Path("a b/pyproject.toml").stat().st_mode & 0o777 == 0o640
    assert "  cd 'a b'" in done.out.splitlines()


@pytest.mark.parametrize("directory", ["-", "-dash", "a  b", "it's", "~", "$HOME"])
def test_the_commands_lead_into_a_directory_of_any_name(directory: str) -> None:
    done = openrange("new-backend", "acme", "--json", "--", directory)
    assert done.status == 0
    change = done.document["next"][0]
    Path(directory).rename("moved")
    text = openrange("new-backend", "acme", "--", directory).out
    assert f"  {change}" in text.splitlines()
    there = subprocess.run(
        ["/bin/sh", "-ec", f"{change}\npwd"], capture_output=True, encoding="utf-8", check=True
    )
    assert there.stdout == f"{Path(directory).absolute()}\n"


@pytest.mark.parametrize(
    "directory", ["a\nb", "a\tb", "a\x1b[31m", "a\u2028b", "a\u202eb", "a\udcff"]
)
@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_directory_whose_name_fits_on_no_line_is_refused(
    directory: str, options: list[str]
) -> None:
    done = openrange("new-backend", "acme", directory, *options)
    assert done.status == 2
    said = done.document["error"]["message"] if options else done.complaint
    assert said.startswith(f"DIRECTORY has a character that cannot be shown: {directory!r}")
    assert files() == []


@pytest.mark.parametrize(
    ("directory", "words"),
    [
        ("full", "full: it is not empty"),
        ("full/file", "full/file: it is not a directory"),
        ("full/file/x", "full/file/x: there is no directory full/file"),
        ("nowhere/x", "nowhere/x: there is no directory nowhere"),
        ("dangling", "dangling: it is a symbolic link to no directory"),
        ("loop", "Too many levels of symbolic links"),
        ("x" * 300, "File name too long"),
        ("x/" * 3000, "File name too long"),
        ("/proc/acme", "cannot write to /proc/acme: "),
    ],
)
def test_a_directory_that_cannot_be_filled_is_bad_usage(directory: str, words: str) -> None:
    Path("full").mkdir()
    Path("full/file").write_text("mine")
    Path("dangling").symlink_to("elsewhere")
    Path("loop").symlink_to("loop")
    before = files()
    done = openrange("new-backend", "acme", directory)
    assert (done.status, done.out) == (2, "")
    assert words in done.complaint
    assert "please report" not in done.complaint
    assert files() == before
    assert Path("full/file").read_text() == "mine"


def test_an_empty_directory_name_is_bad_usage() -> None:
    for arguments in (("acme", ""), (), ("acme", "a", "b"), ("acme", "--force")):
        done = openrange("new-backend", *arguments)
        assert done.status == 2
        assert "new-backend --help" in done.complaint
        assert files() == []


def without_privileges() -> None:
    """Have root obey permissions as everybody does: drop the two capabilities to pass them by."""
    if sys.platform == "linux":
        for capability in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH
            ctypes.CDLL(None).prctl(24, capability, 0, 0, 0)


@pytest.mark.parametrize(
    ("directory", "mode"), [("locked/new", 0o500), ("locked", 0o500), ("locked", 0o300)]
)
def test_without_permission_nothing_is_left(directory: str, mode: int) -> None:
    Path("locked").mkdir()
    Path("locked").chmod(mode)
    done = limited(without_privileges, "new-backend", "acme", directory)
    Path("locked").chmod(0o700)
    assert done.status == 2
    assert done.complaint == f"cannot write to {directory}: Permission denied"
    assert files() == ["locked"]


@pytest.mark.parametrize("directory", ["new", "empty"])
def test_when_the_disk_takes_no_more_nothing_is_left(directory: str) -> None:
    Path("empty").mkdir()
    limit = 1000  # bytes, which some of the files are below
    done = limited(
        lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit)),
        *("new-backend", "acme", directory),
    )
    assert done.status == 1
    assert done.complaint == f"cannot write to {directory}: File too large"
    assert files() == ["empty"]


def test_the_help_says_how_it_ends() -> None:
    words = " ".join(openrange("new-backend", "--help").out.split())
    assert "2 when NAME or DIRECTORY will not do" in words
    assert "1 when writing fails in the middle" in words


def test_the_class_says_which_contract_it_keeps() -> None:
    module = backend_files(BackendProject("acme"))["src/openrange_acme/__init__.py"]
    assert "\n    openrange_contract: ClassVar[int] = 1  # " in module


def test_the_file_that_makes_it_a_project_is_written_last() -> None:
    assert list(backend_files(BackendProject("acme")))[-1] == "pyproject.toml"
