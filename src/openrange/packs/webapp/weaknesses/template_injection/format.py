"""A label whose text is a format: what stands in braces is a field."""

from __future__ import annotations

import re
from collections.abc import Sequence

from openrange.packs.webapp.doors.label import Label
from openrange.packs.webapp.weaknesses.template_injection._data import (
    print_a_label,
    reach,
    stepped,
    walked,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a label takes what is typed for a format with fields"
FOR_PEOPLE = "the text is a format, whose fields in brackets lead to a file"
DOORS = ("label",)
HIDES = "file"

_FIELD = re.compile(r"\{0((?:\[[^\[\]{}]*\])*)\}")
_STEP = re.compile(r"\[([^\[\]{}]*)\]")


class _Formatted(Label):
    def render(self, text: str) -> str:
        """The text with its fields filled in: the planted weakness.

        It is not `str.format`, whose fields reach what is not data.
        """
        data = reach(self.site)
        return _FIELD.sub(
            lambda found: stepped(data, _STEP.findall(found[1])), super().render(text)
        )


def weaken(link: Link) -> Sequence[type]:
    """The label that fills in fields."""
    return [_Formatted]


def solve(client: Client, link: Link) -> str | None:
    """Look at the first field, and go on from there."""

    def written(steps: Sequence[str]) -> str:
        return f"{{0{''.join(f'[{step}]' for step in steps)}}}"

    return walked(client, written)


visit = print_a_label
