from __future__ import annotations

import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text("utf-8")


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", README, re.DOTALL)


@pytest.mark.parametrize("code", blocks("python"), ids=["episode"])
def test_each_python_block_runs(code: str) -> None:
    ended = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr


def test_the_commands_after_the_installation_run() -> None:
    (script,) = [block for block in blocks("sh") if "cat > manifest.yaml" in block]
    program = f'openrange() {{ "{sys.executable}" -m openrange "$@"; }}\nset -e\n{script}'
    ended = subprocess.run(
        ["bash", "-c", program], capture_output=True, text=True, check=False, timeout=60
    )
    assert ended.returncode == 0, ended.stderr
    assert "The world is admitted" in ended.stdout
    assert "webapp" in ended.stdout


def test_each_toml_block_is_toml() -> None:
    (configuration,) = map(tomllib.loads, blocks("toml"))
    assert set(configuration) == {"llm", "plugins"}


def test_the_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert (ROOT / target).exists(), target
