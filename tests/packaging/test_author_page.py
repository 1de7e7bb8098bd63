"""The page for authors says what is so."""

from __future__ import annotations

import pkgutil
import re
import tomllib
from dataclasses import fields
from pathlib import Path
from textwrap import indent

import pytest
from command_line import openrange
from fake_plugins import FakePlugins
from faulty_backends import pytest_in

from openrange.errors import LLMBackendError
from openrange.llm import Ask, Reply
from openrange.testing import Sent, Turn

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "publish-a-backend.md").read_text("utf-8")
NOT_PYTHON = {"openrange.toml", "openrange.backends", "openrange.detect", "openrange.packs"}
NAMES = sorted(set(re.findall(r"`(openrange(?:\.\w+)+)", PAGE)) - NOT_PYTHON)


def blocks(language: str) -> list[str]:
    return re.findall(rf"```{language}\n(.*?)```", PAGE, re.DOTALL)


def block_with(text: str) -> str:
    """The first Python block that holds a text."""
    return next(block for block in blocks("python") if text in block)


def test_its_backend_is_the_one_that_is_written() -> None:
    assert openrange("new-backend", "acme").status == 0
    project = Path("openrange-acme")
    assert (project / "src/openrange_acme/__init__.py").read_text("utf-8") == blocks("python")[0]
    points = tomllib.loads((project / "pyproject.toml").read_text("utf-8"))["project"]
    assert tomllib.loads(blocks("toml")[0])["project"]["entry-points"] == points["entry-points"]
    test = (project / "tests/test_acme.py").read_text("utf-8")
    for line in ('    name = "acme"', '    key_variable = "ACME_API_KEY"'):
        assert line in block_with("key_variable").splitlines()
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


def rows(title: str) -> set[str]:
    """The names in the first column of a table."""
    _, _, table = PAGE.partition(f"| {title} |")
    (block, *_) = table.partition("\n\n")
    firsts = [line.split("|")[1] for line in block.splitlines()[2:]]
    return {name for first in firsts for name in re.findall(r"`([\w-]+)`", first)}


def test_its_tables_name_what_there_is() -> None:
    assert rows("kind") == set(LLMBackendError.KINDS)
    for kind, title in (
        (Sent, "of the `Sent`"),
        (Turn, "of the `Turn`"),
        (Reply, "of the `Reply`"),
    ):
        assert rows(title) == {field.name for field in fields(kind)} - {"limit"}, title
    assert rows("of the `Ask`") == {field.name for field in fields(Ask)}


SDK = """
class Refused(Exception):
    def __init__(self, status, words, wait):
        super().__init__(words)
        self.status, self.words, self.wait = status, words, wait

class LineDead(Exception):
    pass

class Said:
    def __init__(self, *, words, ended, tokens_in, tokens_out):
        self.words, self.ended = words, ended
        self.tokens_in, self.tokens_out = tokens_in, tokens_out

def ask(system, prompt, key):
    raise LineDead
"""
MORE = """
from openrange.llm import Usage, carried_failure, within
from openrange.llm.failure import connection_failure, http_failure
"""


@pytest.mark.parametrize("example", ["call_json", "acme_sdk"])
def test_its_examples_keep_every_rule(example: str, tmp_path: Path) -> None:
    generated = blocks("python")[0].replace(
        "            backend=NAME,\n",
        '            backend=NAME,\n            forms=("json", "prompt"),\n',
    )
    (send,) = [b for b in blocks("python")[1:] if "def _send" in b and example in b]
    constants, _, body = send.partition("def _send")
    head = generated.partition("    def _send")[0].replace(
        "\nNAME =", f"{MORE}\n{constants}\nNAME ="
    )
    test = block_with("key_variable")
    if example == "acme_sdk":  # "leave the field out, and what checks it"
        head = re.sub(r"    base_url: .*\n|        if problem :=.*\n.*\n", "", head)
        test = test.replace("base_url=url, ", "")
    plugins = FakePlugins(tmp_path)
    value = "openrange_acme:AcmeBackend"
    try:
        plugins.install(
            "openrange-acme",
            backends={"acme": value},
            detect={"ACME_API_KEY": value},
            source=head + indent("def _send" + body, "    "),
        )
    finally:
        plugins.remove()
    (tmp_path / "site" / "acme_sdk.py").write_text(SDK, "utf-8")
    more = block_with("def sent_of" if example == "call_json" else "def wire")
    more = more.replace(
        "class TestAcmeBackend(BackendContract):\n    ...", "class Test(TestAcmeBackend):"
    )
    test = f"{test}\n{more}\n\ndel TestAcmeBackend\n"
    (tmp_path / "test_acme.py").write_text(test, "utf-8")
    ended = pytest_in(tmp_path, "test_acme.py")
    assert ended.returncode == 0, ended.stdout[:3000]
    beside = ", 2 skipped" if example == "acme_sdk" else ""  # as the page declares it
    assert re.search(rf"^\d+ passed{beside} in", ended.stdout, re.MULTILINE), ended.stdout[-300:]
