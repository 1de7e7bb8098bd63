from __future__ import annotations

import pytest
from faults_of_plugins import FAULTS
from faulty_backends import Fault, Said, examine, problem


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[Said]]:
    return examine(tmp_path_factory.mktemp("plugins"), FAULTS)


@pytest.mark.parametrize("fault", FAULTS, ids=[fault.name for fault in FAULTS])
def test_the_contract_names_the_rule_that_a_backend_breaks(
    fault: Fault, said: dict[str, list[Said]]
) -> None:
    assert problem(fault, said[fault.name]) is None
