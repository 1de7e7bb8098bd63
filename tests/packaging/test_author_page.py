"""The page for authors says what is so."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from pathlib import Path

import pytest
from command_line import openrange

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publish-a-backend.md").read_text("utf-8")
NOT_PYTHON = {"openrange.toml", "openrange.backends", "openrange.detect", "openrange.packs"}
NAMES = sorted(set(re.findall(r"`(openrange(?:\.\w+)+)", PAGE)) - NOT_PYTHON)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def test_its_backend_is_the_one_that_is_written() -> None:
    assert openrange("new-backend", "acme").status == 0
    project = Path("openrange-acme")
    assert (project / "src/openrange_acme/__init__.py").read_text("utf-8") == blocks("python")[0]
    points = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert tomllib.loads(blocks("toml")[0])["project"]["entry-points"] == points["entry-points"]
    test = (project / "tests/test_acme.py").read_text("utf-8")
    for line in ('    name = "acme"', '    key_variable = "ACME_API_KEY"'):
        assert line in blocks("python")[1].splitlines()
        assert line in test.splitlines()


@pytest.mark.parametrize("name", NAMES)
def test_each_name_that_it_gives_exists(name: str) -> None:
    assert pkgutil.resolve_name(name) is not None


def test_the_failure_that_it_shows_is_one_of_the_kits() -> None:
    from openrange.testing import BackendContract

    (shown,) = blocks("text")
    words = " ".join(shown.split())
    stated = BackendContract.rules()["status"]
    assert words.startswith(f"the rule {stated.name!r} is broken the rule: {stated.says} seen: ")
    assert words.endswith(f" to meet it: {stated.meet}")


def test_the_links_lead_to_files() -> None:
    for target in re.findall(r"\]\(([^)#]+)\)", PAGE):
        assert (ROOT / "docs" / target).exists(), target
