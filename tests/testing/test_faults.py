from __future__ import annotations

from pathlib import Path

import faults_of_errors
import faults_of_keys
import faults_of_plugins
import faults_of_processes
import faults_of_replies
import faults_of_time
import faults_of_values
import pytest
from faults_of_values import PATCHES
from faulty_backends import Fault, Said, examine, problem

FAULTS = [
    *faults_of_errors.FAULTS,
    *faults_of_keys.FAULTS,
    *faults_of_plugins.FAULTS,
    *faults_of_processes.FAULTS,
    *faults_of_replies.FAULTS,
    *faults_of_time.FAULTS,
    *faults_of_values.FAULTS,
]

# The first test waits until all backends have been examined.
pytestmark = pytest.mark.timeout(600)


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Said]]:
    return examine(tmp_path_factory.mktemp("faults"), FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_contract_names_the_rule_that_a_backend_breaks(
    fault: Fault, said: dict[str, list[Said]]
) -> None:
    assert problem(fault, said[fault.name]) is None


def test_a_backend_that_patches_the_contract_is_found(tmp_path: Path) -> None:
    (said,) = examine(tmp_path, [PATCHES]).values()
    assert problem(PATCHES, said) is None
