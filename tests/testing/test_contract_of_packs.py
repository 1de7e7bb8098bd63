"""The contract of packs finds what is wrong with a pack, and names the rule."""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from fake_plugins import FakePlugins
from fake_plugins import fake_plugins as fake_plugins

from openrange import Pack, Realization
from openrange.scaffold.pack import pack_files, plan_pack
from openrange.testing import PackContract
from openrange.worlds import Draw

PACKAGE = "openrange_pack_acme"


@pytest.fixture
def acme(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Any]:
    """The class of the pack that `new-pack` writes."""
    for name, text in pack_files(plan_pack("acme")).items():
        file = tmp_path / "project" / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
    source = tmp_path / "project" / "src"
    monkeypatch.syspath_prepend(source)
    monkeypatch.setenv("PYTHONPATH", str(source))
    yield importlib.import_module(f"{PACKAGE}.pack").AcmePack
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def broken(kind: type[Pack], rule: str) -> str:
    """What the test of a rule says of a pack; empty if it passes."""
    suite = type("TestIt", (PackContract,), {"pack": kind})()
    try:
        getattr(suite, f"test_{rule.replace('-', '_')}")()
    except pytest.fail.Exception as failure:
        return str(failure)
    return ""


def program(tmp_path: Path, body: str) -> Sequence[str]:
    """A world's program that begins otherwise than the pack's own."""
    file = tmp_path / "wrong.py"
    file.write_text(f"from {PACKAGE}.serve import *\n{body}\n", "utf-8")
    return (sys.executable, "-P", str(file))


LOOSE = """
import http.server, json, sys, threading
boot = json.loads(sys.stdin.readline())
answer = stations(boot["world"], boot["flag"])
class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.0"
    def do_GET(self):
        path, _, query = self.path.partition("?")
        fields = dict(part.split("=", 1) for part in query.split("&") if "=" in part)
        said = answer(Request("GET", path, {k: v.replace("%2C", ",") for k, v in fields.items()}))
        self.send_response(said.status)
        self.end_headers()
        self.wfile.write(said.body.encode())
server = http.server.HTTPServer(("127.0.0.1", 0), Handler)
print(json.dumps({"port": server.server_port}), flush=True)
server.serve_forever()
"""


def test_what_new_pack_writes_keeps_every_rule_but_for_being_installed(acme: Any) -> None:
    rules = list(PackContract.rules())
    assert len(rules) == 11
    said = {rule: broken(acme, rule) for rule in rules}
    assert "there is no pack 'acme'" in said.pop("pack-registered")
    assert said == dict.fromkeys(said, "")


class _Faults:
    """Changes to a pack, by the rule that each breaks."""

    def pack_schema(self, base: Any) -> type[Pack]:
        class Faulty(base):  # type: ignore[misc]
            def design_schema(self, manifest: Any) -> Any:
                return super().design_schema(type(manifest).starter())

        return Faulty

    def pack_conforming(self, base: Any) -> type[Pack]:
        class Faulty(base):  # type: ignore[misc]
            def realize(self, manifest: Any, design: Any) -> Realization:
                if not all(station["name"].strip() for station in design["stations"]):
                    raise ValueError("a station without a name")
                made: Realization = super().realize(manifest, design)
                return made

        return Faulty

    def pack_admitted(self, base: Any) -> type[Pack]:
        class Faulty(base):  # type: ignore[misc]
            def visit(self, visitor: Any, world: Mapping[str, object]) -> None:
                self.solve(visitor, world)

        return Faulty

    def pack_twins(self, base: Any) -> type[Pack]:
        class Faulty(base):  # type: ignore[misc]
            def twins(self, world: Mapping[str, object]) -> Sequence[Mapping[str, object]]:
                return [world]

        return Faulty

    def pack_flag(self, base: Any) -> type[Pack]:
        class Faulty(base):  # type: ignore[misc]
            def solve(self, visitor: Any, world: Mapping[str, object]) -> str:
                return "flag{" + "0" * 32 + "}"

        return Faulty


FAULTS = [name.replace("_", "-") for name in vars(_Faults) if name.startswith("pack_")]


@pytest.mark.parametrize("rule", FAULTS)
def test_a_pack_that_breaks_a_rule_is_told_which_and_how_to_meet_it(acme: Any, rule: str) -> None:
    faulty = getattr(_Faults(), rule.replace("-", "_"))(acme)
    said = broken(faulty, rule)
    assert said.startswith(f"the rule {rule!r} is broken")
    assert "to meet it: " in said


def test_a_pack_whose_worlds_differ_from_process_to_process_is_told_so(acme: Any) -> None:
    source = Path(str(sys.modules[acme.__module__].__file__))
    faulty = """

class Faulty(AcmePack):
    def realize(self, manifest, design):
        made = super().realize(manifest, design)
        return Realization({**made.world, "holds": list({"a", "b", "c"})}, made.tasks)
"""
    source.write_text(source.read_text("utf-8") + faulty, "utf-8")
    module = importlib.reload(sys.modules[acme.__module__])
    assert "another process makes another world" in broken(module.Faulty, "pack-reproducible")


@pytest.mark.parametrize(
    ("rule", "body"),
    [
        ("world-host", LOOSE),
        ("world-bounded", LOOSE),
        ("world-quiet", LOOSE),
        ("world-quiet", "print('starting', file=__import__('sys').stderr)\nserve(stations)"),
    ],
)
def test_a_world_that_breaks_a_rule_is_told_which(
    acme: Any, tmp_path: Path, rule: str, body: str
) -> None:
    class Faulty(acme):  # type: ignore[misc]
        def command(self) -> Sequence[str]:
            return program(tmp_path, body)

    assert broken(acme, rule) == ""
    assert broken(Faulty, rule).startswith(f"the rule {rule!r} is broken")


def test_a_world_that_outlives_its_parent_is_told_so(
    acme: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Faulty(acme):  # type: ignore[misc]
        def command(self) -> Sequence[str]:
            return program(tmp_path, LOOSE)

    monkeypatch.setattr("openrange.testing.served.PATIENCE", 2.0)
    assert "after the end of its standard input" in broken(Faulty, "world-ends")


def test_a_test_class_without_a_pack_says_what_is_missing() -> None:
    suite = type("TestIt", (PackContract,), {})()
    with pytest.raises(pytest.fail.Exception, match="the test class TestIt sets no `pack`"):
        suite.test_pack_schema()


def test_an_installed_pack_is_found_and_another_one_is_told_apart(
    acme: Any, fake_plugins: FakePlugins
) -> None:
    fake_plugins.install(
        "openrange-pack-acme", packs={"acme": f"{PACKAGE}.pack:AcmePack"}, source=""
    )
    assert broken(acme, "pack-registered") == ""
    other = type("Other", (acme,), {})
    assert "leads to AcmePack" in broken(other, "pack-registered")


def test_draws_depend_on_what_is_given_and_on_nothing_else() -> None:
    design = {"b": "\ud800", "a": [1, "x"]}
    same = [
        Draw(3, "goal", each).shuffled(range(50))
        for each in (design, dict(reversed(design.items())))
    ]
    assert same[0] == same[1]
    others = [Draw(4, "goal", design), Draw(3, "other", design), Draw(3, "goal", design).about("x")]
    assert len({tuple(each.shuffled(range(50))) for each in others} | {tuple(same[0])}) == 4
