"""The contract of backends as a test suite."""

from __future__ import annotations

import json

try:
    import pytest  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "openrange.testing.BackendContract needs pytest: run `pip install pytest`", name="pytest"
    ) from error

import openrange
from openrange.backends.offline.sampler import sample
from openrange.core.manifest import Manifest
from openrange.packs.webapp import WebappPack
from openrange.plugins.hints import near_misses
from openrange.testing.failures import Failures
from openrange.testing.processes import Processes
from openrange.testing.registration import Registration
from openrange.testing.replies import Replies
from openrange.testing.rules import Rule, broken, rule
from openrange.testing.script import Turn
from openrange.testing.secrets import Secrets
from openrange.testing.values import Values


class BackendContract(Replies, Failures, Secrets, Values, Processes, Registration):
    """Every rule that a backend has to keep, each as a test. Subclass it in a test module:

        class TestAcmeBackend(BackendContract):
            name = "acme"
            key_variable = "ACME_API_KEY"

            def backend(self, url, **fields):
                return AcmeBackend(base_url=url, **fields)

    A rule that cannot apply stands in `not_covered`, with the reason. For another API over HTTP,
    `sent_of` and `document_of` say what requests and responses look like; another transport is
    brought in by `wire`.
    """

    @rule(
        "world",
        "A world can be built with it.",
        "mend the other rules first: a world takes no more than one structured reply",
    )
    def test_world(self) -> None:
        schema = WebappPack().design_schema(Manifest.starter())
        self.script.play(Turn(json.dumps(sample(schema, b"a design"))))
        openrange.build(llm=self.make())

    @rule(
        "declarations",
        "What is declared as not covered is a rule, and has a reason; no rule is left out in "
        "another way.",
        "take the names from `python -m openrange.testing`, and say why each rule cannot apply; "
        "replace no test of a rule",
        stands_alone=True,
    )
    def test_declarations(self) -> None:
        known = set(BackendContract.rules())
        problems = [f"the test of {name!r} was replaced" for name in known - set(self.rules())]
        for name, reason in self.not_covered.items():
            if name == "declarations":
                problems.append("'declarations' applies to every test class")
            if name not in known:
                problems.append(f"there is no rule {name!r}{near_misses(name, known)}")
            if not isinstance(reason, str) or not reason.strip():
                problems.append(f"no reason is given for {name!r}")
        if problems:
            broken("; ".join(sorted(problems)))

    @classmethod
    def rules(cls) -> dict[str, Rule]:
        """Every rule by its name."""
        tests = (getattr(cls, name) for name in dir(cls) if name.startswith("test_"))
        stated: list[Rule] = [test.rule for test in tests if hasattr(test, "rule")]
        return {rule.name: rule for rule in stated}
