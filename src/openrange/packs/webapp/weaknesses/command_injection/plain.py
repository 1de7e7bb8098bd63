"""A diagnosis that pastes a name into its command line."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from openrange.packs.webapp.doors.diagnose import Diagnose
from openrange.packs.webapp.weaknesses.command_injection._exploring import (
    ask_what_is_offered,
    explored,
)
from openrange.packs.webapp.weaknesses.command_injection._shell import Shell

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link
    from openrange.worlds.draw import Draw

FOR_MODELS = "a test of a machine pastes its name into a command line"
FOR_PEOPLE = "a separator ends the command, and another command follows"
DOORS = ("diagnose",)
HIDES = "file"

_REMOVED = {"none": "", "semicolon": ";", "pipe": ";|", "ampersand": ";&", "line": "\n&"}
"""What a test removes besides quotes and substitutions, by the filter's name."""
_SEPARATORS = (";", "&&", "|", "\n")


def draw(draw: Draw) -> Mapping[str, str]:
    """Which separators are removed."""
    return {"filter": draw.pick(tuple(_REMOVED))}


def weaken(link: Link) -> Sequence[type]:
    """The test that pastes the name."""
    removed = _REMOVED[link["facts"]["filter"]]

    class Pasted(Diagnose):
        def run(self, name: str) -> str:
            for character in "$`\"'" + removed:
                name = name.replace(character, "")
            shell = Shell(self.site.files, self.site.public, self.ping)
            return shell.run(f"ping -c1 {name}")  # the planted weakness

    return [Pasted]


def solve(client: Client, link: Link) -> str | None:
    """Try each separator."""

    def solved(separator: str) -> str | None:
        return explored(client, lambda command, path: f"zz {separator} {command} {path}")

    return next((found for each in _SEPARATORS if (found := solved(each))), None)


visit = ask_what_is_offered
