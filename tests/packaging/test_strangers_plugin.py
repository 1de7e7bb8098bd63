"""A plugin of somebody else's, from its sources to a world, as its users would have it."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from environments import Environment, make_environment

from openrange.backends.offline.sampler import sample
from openrange.testing import Answer, ChatServer, Seen

SOURCES = Path(__file__).parent / "stranger"
TOKEN = "a-token-of-nobody"


@pytest.fixture(scope="module")
def stranger(core_wheel: str, tmp_path_factory: pytest.TempPathFactory) -> Environment:
    """The core's wheel and the stranger's, what they need, and pytest."""
    folder = tmp_path_factory.mktemp("stranger")
    project = shutil.copytree(SOURCES, folder / "project")
    command = [sys.executable, "-m", "build", "--wheel", "--no-isolation", project]
    subprocess.run(command, check=True, capture_output=True, timeout=300)
    (wheel,) = map(str, (project / "dist").iterdir())
    return make_environment(folder / "env", core_wheel, wheel, "pytest")


def designs(seen: Seen) -> Answer:
    asked: Any = seen.body
    words = json.dumps(sample(asked["shape"], asked["say"].encode()))
    return Answer(document={"words": words, "mood": "content", "heard": 30, "spoken": 20})


def test_it_is_listed_checked_and_builds_a_world_by_its_name(
    stranger: Environment, tmp_path: Path
) -> None:
    with ChatServer(designs).running() as server:
        file = tmp_path / "openrange.toml"
        file.write_text(f'[llm]\nbackend = "parrot"\nbase_url = "{server.origin}"\ntimeout = 20\n')
        listed = stranger.run("openrange", "backends", cwd=tmp_path)
        assert "parrot.speaks 0.3.1" in listed.stdout
        checked = stranger.run("openrange", "backends", "check", "parrot", cwd=tmp_path)
        assert checked.returncode == 2
        assert "set PARROT_TOKEN" in checked.stdout
        built = stranger.run("openrange", "build", "--json", cwd=tmp_path, PARROT_TOKEN=TOKEN)
    assert built.returncode == 0, built.stdout + built.stderr
    document = json.loads(built.stdout)
    assert document["backend"] == "parrot"
    assert document["usage"]["input_tokens"] == 30
    assert (tmp_path / document["path"]).is_file()
    (asked,) = server.seen
    assert asked.headers["X-Token"] == TOKEN
    assert TOKEN not in built.stdout + built.stderr + (tmp_path / document["path"]).read_text()


def test_its_variable_alone_chooses_it(stranger: Environment) -> None:
    listed = stranger.run("openrange", "backends", "--json", PARROT_TOKEN=TOKEN)
    assert json.loads(listed.stdout)["build"]["backend"] == "parrot"


def test_the_kit_finds_nothing_wrong_with_it(stranger: Environment, tmp_path: Path) -> None:
    # Where no configuration of ours is found.
    shutil.copy(SOURCES / "checks" / "check_parrot.py", tmp_path)
    options = ("-q", "-W", "error", "-p", "no:cacheprovider", "check_parrot.py")
    ended = stranger.run("pytest", *options, cwd=tmp_path)
    assert ended.returncode == 0, ended.stdout[-3000:] + ended.stderr
    assert " passed" in ended.stdout.splitlines()[-1]
    assert "not covered" not in ended.stdout
