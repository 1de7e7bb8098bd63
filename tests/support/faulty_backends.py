"""A backend without a fault, many with one each, and what the contract's tests say of them."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from textwrap import indent
from xml.etree import ElementTree

from fake_plugins import FakePlugins

from openrange.testing import BackendContract

PLAIN = Path(__file__).parent / "strangers" / "plain.py"

Edit = tuple[str, str]
"""What stands in the plain backend, and what stands there instead."""

_RUN = 'return run(request, partial(self._send, key), backend="plain", secrets=[key], **limits)'
_READ = "return read_completion(reply)"
_METHOD = "    def preflight(self):\n"


@dataclass(frozen=True)
class Fault:
    """One thing that is wrong with a backend.

    Args:
        name: What it is, and the name of the backend.
        expected: The rules that must fail, and what their failures say was seen.
        edits: What is wrong in the source.
        why: Why more than one rule fails.
        registered_as: The backend's name in the metadata, if it is another.
        detected_by: The variable in the metadata, if it is another; empty for none.
    """

    name: str
    expected: Mapping[str, str]
    edits: tuple[Edit, ...]
    why: str = ""
    registered_as: str | None = None
    detected_by: str | None = None

    def __post_init__(self) -> None:
        assert len(self.expected) < 2 or self.why, f"{self.name}: why more than one rule?"

    @property
    def module(self) -> str:
        """The module of the backend."""
        return f"faulty_{self.name.replace('-', '_')}"

    @property
    def variable(self) -> str:
        """The variable of its key."""
        return f"{self.module.upper()}_KEY"

    def source(self) -> str:
        """The plain backend with the fault in it."""
        text = PLAIN.read_text("utf-8").replace("\n\nfrom", "\n\nimport dataclasses\nfrom", 1)
        for old, new in self.edits:
            assert text.count(old) == 1, (
                f"{self.name}: {old!r} stands there {text.count(old)} times"
            )
            text = text.replace(old, new)
        return text.replace('"plain"', f'"{self.name}"').replace("PLAIN_API_KEY", self.variable)


def edited(old: str, new: str) -> Edit:
    """Another text in place of one in the plain backend."""
    return old, new


def first(code: str) -> Edit:
    """Code that `complete` runs before it asks."""
    return _RUN, _inner(code) + _RUN


def then(code: str) -> Edit:
    """Code that `complete` runs on the `result`."""
    return _RUN, _inner(_RUN.replace("return", "result =") + "\n" + code) + "return result"


def failing(code: str) -> Edit:
    """Code that `complete` runs on the `error`, in place of raising it."""
    return _RUN, _inner(
        "from openrange import LLMBackendError\n"
        "failure = None\n"
        f"try:\n    {_RUN}\n"
        "except LLMBackendError as error:\n    failure = error\n"
        f"{code}"
    ) + "raise failure"


def replied(code: str) -> Edit:
    """Code that `_send` runs on the `reply`."""
    return _READ, _inner(f"reply = read_completion(reply)\n{code}") + "return reply"


def method(code: str) -> Edit:
    """Something more in the class."""
    return _METHOD, indent(code, "    ") + "\n" + _METHOD


def above(code: str) -> Edit:
    """Something more in the module, before the class."""
    return "\n\n@dataclass", f"\n{code}\n\n\n@dataclass"


def setting(code: str) -> Edit:
    """One more field."""
    return "    max_retries: int = 2\n", f"    max_retries: int = 2\n    {code}\n"


def _inner(code: str) -> str:
    return indent(code, " " * 8).lstrip() + "\n" + " " * 8


DEAR = ("world", "odd-response", "threads", "cheap-import", "deadline", "deadline-of-drips")
"""The rules whose tests take half a second or more. A backend meets one of those that it is not
expected to break, and the next backend the next one: each is still seen to pass on many faults."""

# Of a rule that is not expected to fail, one case is enough: it halves the time.
_SELECTION = """
def pytest_collection_modifyitems(items):
    seen, kept = set(), []
    for item in items:
        rule, of = item.function.rule.name, item.cls.__name__
        if rule in EXPECTED[of] or (rule not in LEFT_OUT[of] and (of, rule) not in seen):
            kept.append(item)
        seen.add((of, rule))
    items[:] = kept
"""

NO_FAULT = Fault("no-fault", {}, ())


@dataclass(frozen=True)
class Said:
    """What the suite says of one rule's test.

    Args:
        rule: The rule; empty if the text names none.
        text: The whole failure.
    """

    rule: str
    text: str


def install(root: Path, faults: Iterable[Fault]) -> None:
    """Install backends as pip would, below a directory.

    Args:
        root: The directory.
        faults: The backends.
    """
    plugins = FakePlugins(root)
    try:
        for fault in faults:
            value, variable = f"{fault.module}:PlainBackend", fault.variable
            detecting = variable if fault.detected_by is None else fault.detected_by
            plugins.install(
                f"openrange-{fault.name}",
                backends={fault.registered_as or fault.name: value},
                detect={detecting: value} if detecting else {},
                source=fault.source(),
                module=fault.module,
            )
    finally:
        plugins.remove()
    (root / "conftest.py").write_text('pytest_plugins = ["openrange.testing.pytest_plugin"]\n')
    package = root / "site" / "ballast"  # a large dependency
    package.mkdir()
    for name in ("__init__", *(f"part_{number}" for number in range(200))):
        (package / f"{name}.py").touch()


def examine(root: Path, faults: Collection[Fault]) -> dict[str, list[Said]]:
    """Run the contract's tests on backends, in processes of their own.

    Args:
        root: An empty directory.
        faults: The backends.

    Returns:
        The failures of each backend by its name.
    """
    by_class = {f"test_faulty.Test_{fault.module}": fault.name for fault in faults}
    install(root, faults)
    classes = "\n".join(map(_test_class, faults))
    (root / "test_faulty.py").write_text(f"import importlib\n{classes}", "utf-8")
    expected = {f"Test_{fault.module}": [*fault.expected] for fault in faults}
    left_out = {
        name: [rule for rule in DEAR if rule != DEAR[number % len(DEAR)]]
        for number, name in enumerate(expected)
    }
    (root / "conftest.py").write_text(
        f"EXPECTED = {expected}\nLEFT_OUT = {left_out}\n{_SELECTION}", "utf-8"
    )
    child = pytest_in(
        root, "-n", "3", "--dist", "worksteal", "--junitxml=results.xml", "test_faulty.py"
    )
    assert "INTERNALERROR" not in child.stdout, child.stdout
    said: dict[str, list[Said]] = {name: [] for name in by_class.values()}
    cases = list(ElementTree.parse(root / "results.xml").iter("testcase"))
    assert {case.attrib["classname"] for case in cases} == by_class.keys(), child.stdout
    for case in cases:
        for bad in [*case.iter("failure"), *case.iter("error")]:
            text = bad.text or ""
            if "was not judged" in text:
                continue
            rule = text.partition("the rule '")[2].partition("'")[0]
            said[by_class[case.attrib["classname"]]].append(Said(rule, text))
    return said


def problem(fault: Fault, said: Iterable[Said]) -> str | None:
    """What is wrong with what the contract's tests say of a fault.

    Args:
        fault: The fault.
        said: The failures.

    Returns:
        The problem in words, or None.
    """
    rules = BackendContract.rules()
    texts: dict[str, list[str]] = {}
    for failure in said:
        texts.setdefault(failure.rule, []).append(failure.text)
        stated = rules.get(failure.rule)
        if stated is None or stated.says not in failure.text or stated.meet not in failure.text:
            return f"not explained: {failure.text}"
        if "Traceback" in failure.text or "openrange/testing" in failure.text:
            return f"internals are shown: {failure.text}"
    if texts.keys() != fault.expected.keys():
        return f"failed: {texts}"
    for rule, words in fault.expected.items():
        if not any(words in text for text in texts.get(rule, [])):
            return f"{rule} does not say {words!r}: {texts.get(rule)}"
    return None


def pytest_in(root: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run pytest in a directory, with what is installed below it.

    Args:
        root: The directory.
        *arguments: Its arguments.

    Returns:
        How it ended, and what it printed.
    """
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("PYTEST_", "COLUMNS"))}
    path = os.pathsep.join(filter(None, [str(root / "site"), kept.get("PYTHONPATH")]))
    # Hypothesis takes a second to load in each process.
    options = ["-q", "-p", "no:cacheprovider", "-p", "no:hypothesispytest", "--rootdir", "."]
    return subprocess.run(
        [sys.executable, "-m", "pytest", *options, *arguments],
        cwd=root,
        env={**kept, "PYTHONPATH": path},
        capture_output=True,
        text=True,
        check=False,
    )


def _test_class(fault: Fault) -> str:
    return f"""
from openrange.testing import BackendContract

class Test_{fault.module}(BackendContract):
    name = {fault.name!r}
    key_variable = {fault.variable!r}

    def backend(self, url, **fields):
        return importlib.import_module({fault.module!r}).PlainBackend(base_url=url, **fields)
"""
