"""Shows rules that are not covered as what they are: neither passed nor merely skipped.

A `conftest.py` asks for it: `pytest_plugins = ["openrange.testing.pytest_plugin"]`.
"""

from __future__ import annotations

from typing import Any

_MARK = "rule of openrange.testing not covered: "  # as in `openrange.testing.rules`


def pytest_report_teststatus(report: Any) -> tuple[str, str, str] | None:
    """Count a rule that was declared as not covered apart from skipped tests.

    Args:
        report: The report of one phase of a test.

    Returns:
        Category, letter and word; None where another report is none of ours.
    """
    return ("not covered", "n", "NOT COVERED") if _reason(report) else None


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Print each rule that is not covered, with its reason.

    Args:
        terminalreporter: pytest's reporter.
    """
    reports = terminalreporter.stats.get("not covered", [])
    if not reports:
        return
    terminalreporter.section("rules of the contract that are not covered")
    rules: dict[tuple[str, str], list[str]] = {}
    for report in reports:
        rule, _, reason = _reason(report).partition(": ")
        names = rules.setdefault((_owner(report), reason), [])
        if rule not in names:
            names.append(rule)
    for (owner, reason), names in rules.items():
        terminalreporter.line(f"{owner}: {', '.join(names)} (because {reason})")


def _reason(report: Any) -> str:
    """Rule and reason of a test that did not apply; an empty text for all other tests."""
    if not report.skipped or not isinstance(report.longrepr, tuple | list):
        return ""
    words = str(report.longrepr[-1]).removeprefix("Skipped: ")
    return words.removeprefix(_MARK) if words.startswith(_MARK) else ""


def _owner(report: Any) -> str:
    return str(report.nodeid).rpartition("::")[0]
