"""A form that says in a hidden field in which role it is sent."""

from __future__ import annotations

from collections.abc import Sequence

from openrange.packs.webapp.doors.console import Console
from openrange.packs.webapp.doors.door import Visit

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link

FOR_MODELS = "a hidden field of a form says in which role it is sent, and is believed"
FOR_PEOPLE = "the form that tries again opens the console, sent with another role in its field"
DOORS = ("console",)
HIDES = "console"


class _Believing(Console):
    def is_allowed(self, visit: Visit) -> bool:
        """Whether the field says so. This is the planted weakness."""
        said = visit.request.form.get(self.plan["parameter"])
        return said == self.site.words["roles"]["administrator"] or super().is_allowed(visit)


def weaken(link: Link) -> Sequence[type]:
    """The console that believes the field."""
    return [_Believing]


def solve(client: Client, link: Link) -> str | None:
    """Send the form with another role."""
    door = client.door("console")
    form = {door["parameter"]: client.words["roles"]["administrator"]}
    return client.key(client.post(door["path"], form))


def visit(client: Client, link: Link) -> None:
    """Try the console, and once more with its own button."""
    door = client.door("console")
    client.get(door["path"])
    client.post(door["path"], {door["parameter"]: client.words["roles"]["employee"]})
