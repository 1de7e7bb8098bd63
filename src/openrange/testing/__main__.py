"""`python -m openrange.testing` prints the rules of the contract of backends."""

from __future__ import annotations

import sys
import textwrap

try:
    from openrange.testing.contract import BackendContract
except ModuleNotFoundError as error:
    sys.exit(str(error))

lines = []
for name, rule in sorted(BackendContract.rules().items()):
    sentences = (rule.says, f"To meet it: {rule.meet}.")
    lines += [name, *(textwrap.indent(textwrap.fill(each, 92), "    ") for each in sentences)]
print("\n".join(lines))  # noqa: T201 - the output of a program
