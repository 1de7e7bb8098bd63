from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path
from textwrap import indent
from xml.etree import ElementTree

import pytest
from faulty_backends import NO_FAULT, PLAIN, install, pytest_in

HEAD = f"""
from contextlib import contextmanager

import pytest
from openrange.testing import BackendContract, Script
from {NO_FAULT.module} import PlainBackend
"""
BACKEND = """
def backend(self, url, **fields):
    return PlainBackend(base_url=url, **fields)
"""
DECLARED = f"""
name = "no-fault"
key_variable = {NO_FAULT.variable!r}
{BACKEND}
"""


def examined(root: Path, body: str, *options: str) -> str:
    """What pytest prints of a test class for the backend without a fault."""
    return examined_all(root, [body], *options)


def examined_all(root: Path, bodies: Iterable[str], *options: str) -> str:
    """The same for test classes `TestIt`, `TestIt1`, and so on."""
    install(root, [NO_FAULT])
    classes = [
        f"class TestIt{number or ''}(BackendContract):\n{indent(body, '    ')}\n"
        for number, body in enumerate(bodies)
    ]
    (root / "test_it.py").write_text("\n".join([HEAD, *classes]), "utf-8")
    output = pytest_in(root, *options, "test_it.py").stdout
    assert "INTERNALERROR" not in output
    assert "openrange/testing" not in output
    return output


def test_a_backend_of_less_than_40_lines_keeps_every_rule(tmp_path: Path) -> None:
    assert len(PLAIN.read_text("utf-8").splitlines()) < 40
    last = examined(tmp_path, DECLARED).splitlines()[-1]
    assert " passed in " in last
    assert "," not in last


WRONG_DECLARATIONS = [
    (f"key_variable = 'X_KEY'\n{BACKEND}", "the test class TestIt sets no `name`"),
    (f"name = ''\n{BACKEND}", "the test class TestIt1 sets no `name`"),
    (f"{DECLARED}\nnot_covered = ['tokens']", "has a `not_covered` that is no mapping"),
    (f"{DECLARED}\nnot_covered = {{'tokenz': 'no'}}", "there is no rule 'tokenz'"),
    (f"{DECLARED}\nnot_covered = {{'tokens': ' '}}", "no reason is given for 'tokens'"),
    (f"{DECLARED}\nnot_covered = {{'tokens': None}}", "no reason is given for 'tokens'"),
    (f"{DECLARED}\ndef test_tokens(self): pass", "the test of 'tokens' was replaced"),
    (f"{DECLARED}\ntest_tokens = None", "the test of 'tokens' was replaced"),
    (f"{DECLARED}\nnot_covered = {{'declarations': 'x'}}", "'declarations' applies to every"),
]
NO_BACKENDS = [
    (f"name = 'no-fault'\n{method}", words)
    for method, words in (
        ("", "the test class TestIt9 has no method `backend`"),
        (
            "def backend(self, url, **fields):\n    return None",
            "the method `backend` of the test class returned NoneType",
        ),
        (
            "def backend(self, url, **fields):\n    raise ValueError('not today')",
            "of the test class raised ValueError: not today (in",
        ),
        (
            "def backend(self, url, **fields):\n    return PlainBackend(bass_url=url)",
            "got an unexpected keyword argument 'bass_url'",
        ),
        (
            "def backend(self, url, **fields):\n    return PlainBackend",
            "the method `backend` of the test class returned a class",
        ),
    )
]
WRONG = [*WRONG_DECLARATIONS, *NO_BACKENDS]


@pytest.fixture(scope="module")
def told(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, str]]:
    """What wrong test classes are told by each test that did not pass, by their bodies."""
    root = tmp_path_factory.mktemp("wrong")
    options = ("-k", "declarations or structured or retries", "--junitxml=results.xml")
    examined_all(root, [body for body, _ in WRONG], *options)
    told: dict[str, dict[str, str]] = {body: {} for body, _ in WRONG}
    for case in ElementTree.parse(root / "results.xml").iter("testcase"):
        number = case.attrib["classname"].partition("TestIt")[2]
        for bad in [*case.iter("failure"), *case.iter("error")]:
            told[WRONG[int(number or 0)][0]][case.attrib["name"]] = bad.text or ""
    return told


@pytest.mark.parametrize(("body", "words"), WRONG_DECLARATIONS)
def test_a_test_class_that_declares_wrongly_is_told(
    body: str, words: str, told: dict[str, dict[str, str]]
) -> None:
    assert words in told[body]["test_declarations"]


def test_a_backend_with_a_key_needs_the_name_of_its_variable(tmp_path: Path) -> None:
    output = examined(tmp_path, f"name = 'no-fault'\n{BACKEND}", "-k", "key")
    assert "why: the test class sets no `key_variable`" in output
    rules = re.findall("^the rule '(.*)' cannot be tested$", output, re.MULTILINE)
    assert set(rules) == {
        "key-is-sent",
        "key-is-read-at-each-call",
        "missing-key",
        "no-key-in-errors",
        "no-escaped-key",
        "no-key-in-replies",
        "no-key-in-logs",
        "no-key-in-events",
    }


@pytest.mark.parametrize(("body", "words"), NO_BACKENDS)
def test_a_test_class_that_makes_no_backend_is_told(
    body: str, words: str, told: dict[str, dict[str, str]]
) -> None:
    assert {"test_structured", "test_retries"} <= told[body].keys()
    assert words in told[body]["test_structured"]


def test_a_wire_that_asks_no_script_is_told(tmp_path: Path) -> None:
    wire = """
@contextmanager
def wire(self, script):
    from openrange.testing import ChatServer
    with ChatServer().running() as server:
        yield server.url
"""
    output = examined(tmp_path, DECLARED + wire, "-k", "arrives or key_is or any_text or roles")
    assert "passed" not in output
    assert output.count("a `wire` of your own asks `script.next` for each") >= 6


@pytest.mark.parametrize("options", [(), ("-n", "2"), ("-v",), ("--tb=no", "-rN")])
def test_what_is_not_covered_is_listed_and_never_counted_as_passed(
    options: tuple[str, ...], tmp_path: Path
) -> None:
    body = f"{DECLARED}\nnot_covered = {{'tokens': 'nobody counts', 'status': 'a parrot: no'}}"
    selected = ("-k", "tokens or status or usage", "--junitxml=results.xml")
    output = examined(tmp_path, body, *options, *selected)
    assert re.search(r"1 passed, (\d+ deselected, )?7 not covered in", output.splitlines()[-1])
    assert "rules of the contract that are not covered" in output
    assert "test_it.py::TestIt: tokens (because nobody counts)" in output
    assert "test_it.py::TestIt: status (because a parrot: no)" in output
    cases = list(ElementTree.parse(tmp_path / "results.xml").iter("testcase"))
    skipped = [
        case.attrib["name"].partition("[")[0] for case in cases if case.find("skipped") is not None
    ]
    assert sorted(set(skipped)) == ["test_status", "test_tokens"]
    assert len(cases) == len(skipped) + 1


def python(code: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)


def test_all_but_the_contract_works_without_pytest() -> None:
    done = python(
        "import sys; sys.modules['pytest'] = None\n"
        "from openrange.testing import ChatServer, ScriptedBackend\n"
        "from openrange import LLMRequest\n"
        "print(ScriptedBackend(['yes']).complete(LLMRequest('?')).text)\n"
        "with ChatServer().running() as server: print(server.url)\n"
        "from openrange.testing import BackendContract"
    )
    assert done.stdout.startswith("yes\nhttp://127.0.0.1:")
    assert done.stderr.splitlines()[-1] == (
        "ModuleNotFoundError: openrange.testing.BackendContract needs pytest: "
        "run `pip install pytest`"
    )


def test_the_plugin_of_pytest_imports_nothing_large() -> None:
    done = python(
        "import sys, openrange.testing.pytest_plugin\n"
        "print(*[n for n in sys.modules if n.startswith(('openrange.', 'pytest', '_pytest'))])"
    )
    assert sorted(done.stdout.split()) == ["openrange.testing", "openrange.testing.pytest_plugin"]


def test_the_program_prints_every_rule() -> None:
    from openrange.testing import BackendContract

    done = subprocess.run(
        [sys.executable, "-m", "openrange.testing"], capture_output=True, text=True, check=False
    )
    assert done.returncode == 0
    names = {line for line in done.stdout.splitlines() if not line.startswith(" ")}
    assert names == set(BackendContract.rules())
