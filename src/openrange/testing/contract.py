"""The contract of backends as a test suite."""

from __future__ import annotations

try:
    import pytest  # noqa: F401
except ModuleNotFoundError as error:
    raise ModuleNotFoundError(
        "openrange.testing.BackendContract needs pytest: run `pip install pytest`", name="pytest"
    ) from error

from openrange.testing.failures import Failures
from openrange.testing.processes import Processes
from openrange.testing.registration import Registration
from openrange.testing.replies import Replies
from openrange.testing.rules import Rule, broken, rule
from openrange.testing.secrets import Secrets
from openrange.testing.values import Values


class BackendContract(Replies, Failures, Secrets, Values, Processes, Registration):
    """Every rule that a backend has to keep, each as a test. Subclass it in a test module:

        class TestAcmeBackend(BackendContract):
            name = "acme"
            key_variable = "ACME_API_KEY"

            def backend(self, url, **fields):
                return AcmeBackend(base_url=url, **fields)

    A rule that cannot apply stands in `not_covered`, with the reason. A transport other than Chat
    Completions over HTTP is brought in by `wire`.
    """

    @rule(
        "declarations",
        "What is declared as not covered is a rule, and has a reason; no rule is left out in "
        "another way.",
        "take the names from `python -m openrange.testing`, and say why each rule cannot apply; "
        "replace no test of a rule",
    )
    def test_declarations(self) -> None:
        known = set(BackendContract.rules())
        for name in sorted(known - set(self.rules())):
            broken(f"the test of {name!r} was replaced")
        for name, reason in self.not_covered.items():
            if name not in known:
                broken(f"there is no rule {name!r}")
            if not isinstance(reason, str) or not reason.strip():
                broken(f"no reason is given for {name!r}")

    @classmethod
    def rules(cls) -> dict[str, Rule]:
        """Every rule by its name."""
        tests = (getattr(cls, name) for name in dir(cls) if name.startswith("test_"))
        stated: list[Rule] = [test.rule for test in tests if hasattr(test, "rule")]
        return {rule.name: rule for rule in stated}
