"""The contract of packs as a test suite."""

from __future__ import annotations

import copy
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from typing import Any, ClassVar

try:
    import pytest  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "openrange.testing.PackContract needs pytest: run `pip install pytest`", name="pytest"
    ) from error

from openrange.backends.offline.sampler import sample
from openrange.core.admission import admit
from openrange.core.installed_packs import installed_pack
from openrange.core.manifest import Manifest, PackRef
from openrange.core.pack import Pack, Realization
from openrange.core.snapshot import Snapshot
from openrange.errors import ManifestError, OpenRangeError
from openrange.llm.schema import violation
from openrange.plugins.registry import Plugins
from openrange.testing.rules import Rule, UntestableError, broken, outcry, rule
from openrange.testing.served import Served
from openrange.worlds.boot import BootError, RunningWorld, boot

ADMITTED = 3
"""So many designs become worlds that are booted."""
REALIZED = 20
"""So many designs are realized."""
NASTY = (
    "",
    " \u3164\u200b\t",
    "</title><script>alert(1)</script>&amp;\"'{{7*7}}{0}%s${x}",
    "' OR 1=1; DROP TABLE accounts --",
    "\u05e9\u05dc\u05d5\u05dd \u202e\ud83d \U0001f469\u200d\U0001f4bb \x00\x1b[31m\r\n",
    "; url=a/ flag{00000000000000000000000000000000}",
    "../../etc/passwd\\",
    "x" * 5_000,
)
"""What stands in the free text of some of them."""


class PackContract(Served):
    """Every rule that a pack has to keep, each as a test. Subclass it in a test module:

        class TestAcmePack(PackContract):
            pack = AcmePack

    `options` is what its manifests have in `pack.options`.
    """

    pack: ClassVar[type[Pack]]
    options: ClassVar[Mapping[str, object]] = {}

    @rule(
        "pack-registered",
        "The pack is installed as an entry point in `openrange.packs`, under its own `id`.",
        'have `[project.entry-points."openrange.packs"]` name its class, and install it',
    )
    def test_pack_registered(self) -> None:
        try:
            found = installed_pack(PackRef(self.pack.id), Plugins())
        except OpenRangeError as error:
            broken(str(error))
        if type(found) is not self.pack:
            broken(f"the entry point {self.pack.id!r} leads to {type(found).__qualname__}")

    @rule(
        "pack-schema",
        "The schema describes an object, a model's choices are closed lists, and whatever conforms "
        "to it is found by a sampler; an option that the pack does not have is a ManifestError.",
        "use `type`, `enum`, `properties`, `required` and `items` alone, and refuse other options",
    )
    def test_pack_schema(self) -> None:
        schema = self._schema()
        json.dumps(schema)
        if schema.get("type") != "object":
            broken(f"the root of its schema has the type {schema.get('type')!r}")
        for design in self._designs(3):
            if problem := violation(design, schema):
                raise UntestableError(f"the sampler does not serve this schema: {problem}")
        if not self._made().briefing(self._manifest(0)).strip():
            broken("the briefing is empty")
        try:
            options = {**self.options, "no such option": 1}
            self._made().design_schema(self._manifest(0, options))
        except ManifestError:
            return
        broken("an option that it does not have is accepted")

    @rule(
        "pack-conforming",
        "Every design that conforms to the schema is realized, and left as it is; what is made of "
        "it can be frozen and read again.",
        "cut and clean free text by `openrange.worlds.clean`, and have words for what is blank",
    )
    def test_pack_conforming(self) -> None:
        for number, design in enumerate(self._designs(REALIZED)):
            before = copy.deepcopy(design)
            made = self._realized(design, number)
            if design != before:
                broken("a design was changed")
            frozen = Snapshot.freeze(self._made(), made, {})
            if Snapshot.from_json(frozen.to_json()) != frozen:
                broken("what was frozen is not what is read")

    @rule(
        "pack-reproducible",
        "The same manifest and design give the same world, in any process; another seed, or "
        "another goal, gives another.",
        "draw by `openrange.worlds.Draw` from seed, goal and design, and not by hashes, sets, "
        "times or the tables of one Python",
    )
    def test_pack_reproducible(self) -> None:
        design = next(iter(self._designs(1)))
        ids = [self._id(design, number) for number in (0, 1)]
        if ids[0] == ids[1]:
            broken("two seeds give one world")
        told = json.dumps([self._manifest(0).to_mapping(), design])
        kind = f"{self.pack.__module__}:{self.pack.__qualname__}"
        for hash_seed in ("1", "2"):
            done = subprocess.run(  # noqa: S603 - this interpreter
                [sys.executable, "-m", "openrange.testing.elsewhere", kind],
                input=told,
                env={**os.environ, "PYTHONHASHSEED": hash_seed, "PYTHONPATH": _path()},
                capture_output=True,
                text=True,
                check=False,
            )
            if done.returncode:
                raise UntestableError(f"another process fails: {done.stderr.strip()[-300:]}")
            if done.stdout.strip() != ids[0]:
                broken("another process makes another world of the same manifest and design")

    @rule(
        "pack-admitted",
        "Whatever conforms is admitted: the world boots, the solver recovers the flag, the honest "
        "visitor and a plain crawl do not, signed in or not.",
        "look at the check that is named, and boot the world by `openrange.worlds.serve`",
    )
    def test_pack_admitted(self) -> None:
        for number, design in enumerate(self._designs(ADMITTED)):
            report = admit(self._made(), self._realized(design, number))
            for check in report.failures:
                broken(f"{check.name}: {check.message}; the design was {json.dumps(design)[:500]}")

    @rule(
        "pack-twins",
        "`twins` gives the same world with its weakness mended, which boots, hides the same, and "
        "withstands the solver.",
        "have the world say whether its door is mended, and the process serve the sound door then",
    )
    def test_pack_twins(self) -> None:
        pack = self._made()
        made = self._realized(next(iter(self._designs(1))), 0)
        twins = pack.twins(made.world)
        if not twins:
            broken("there are none")
        for twin in twins:
            with _booted(self.command(), twin) as running:
                if pack.solve(running.visitor(), made.world) == running.flag:
                    broken("the solver recovers the flag of a mended world")

    @rule(
        "pack-flag",
        "The flag is no part of a world, but minted at each boot; and nothing that an agent is "
        "given looks like one.",
        "put the flag where it belongs in the world's process, and clean texts by "
        "`openrange.worlds.clean`",
    )
    def test_pack_flag(self) -> None:
        pack = self._made()
        made = self._realized(next(iter(self._designs(1))), 0)
        found = []
        for _ in range(2):
            with _booted(self.command(), made.world) as running:
                found.append(pack.solve(running.visitor(), made.world))
                if found[-1] != running.flag:
                    broken("a second boot of the same world has not the flag that it was given")
        if found[0] == found[1]:
            broken("two boots have one flag")

    @classmethod
    def rules(cls) -> dict[str, Rule]:
        """Every rule by its name."""
        tests = (getattr(cls, name) for name in dir(cls) if name.startswith("test_"))
        stated: list[Rule] = [test.rule for test in tests if hasattr(test, "rule")]
        return {rule.name: rule for rule in stated}

    def hindrance(self) -> str | None:
        """Why nothing can be judged, or None."""
        pack: object = getattr(type(self), "pack", None)
        if isinstance(pack, type) and issubclass(pack, Pack):
            return None
        return f"the test class {type(self).__name__} sets no `pack`, which is the pack's class"

    def trouble(self) -> str | None:
        """Nothing else has to be mended first."""
        return None

    def command(self) -> Sequence[str]:
        """The program of the pack's worlds."""
        return self._made().command()

    def world(self) -> Mapping[str, object]:
        """A world of the pack."""
        return self._realized(next(iter(self._designs(1))), 0).world

    def _made(self) -> Pack:
        if why := self.hindrance():
            raise UntestableError(why)
        return self.pack()

    def _manifest(self, seed: int, options: Mapping[str, object] | None = None) -> Manifest:
        chosen = self.options if options is None else options
        goal = {"goal": "Something to try the pack with."}
        return Manifest(world=goal, pack=PackRef(self.pack.id, options=chosen), seed=seed)

    def _schema(self) -> Mapping[str, object]:
        return self._made().design_schema(self._manifest(0))

    def _designs(self, count: int) -> Iterator[dict[str, object]]:
        """Designs that conform: every second one with a nasty text in each slot."""
        schema = self._schema()
        for number in range(count):
            design = sample(schema, b"%d" % number)
            if number % 2:
                design = _with_text(schema, design, NASTY[number // 2 % len(NASTY)])
            yield design

    def _realized(self, design: Mapping[str, object], seed: int) -> Realization:
        try:
            return self._made().realize(self._manifest(seed), design)
        except Exception as error:  # noqa: BLE001 - whatever a pack raises
            broken(f"{outcry(error)}; the design was {json.dumps(design)[:500]}")

    def _id(self, design: Mapping[str, object], seed: int) -> str:
        return Snapshot.freeze(self._made(), self._realized(design, seed), {}).id


@contextmanager
def _booted(command: Sequence[str], world: Mapping[str, object]) -> Iterator[RunningWorld]:
    with ExitStack() as stack:
        try:
            running = stack.enter_context(boot(command, world))
        except BootError as error:
            broken(str(error))
        yield running


def _with_text(schema: Any, value: Any, text: str) -> Any:
    """The value, with this text where the schema leaves it free."""
    if isinstance(value, dict):
        parts = schema.get("properties", {})
        return {key: _with_text(parts.get(key, {}), each, text) for key, each in value.items()}
    if isinstance(value, list):
        return [_with_text(schema.get("items", {}), each, text) for each in value]
    is_free = schema.get("type") == "string" and set(schema) <= {"type", "description", "examples"}
    return text if is_free else value


def _path() -> str:
    return os.pathsep.join(filter(None, sys.path))
