"""The doors of a service: each answers one kind of request, in its sound form."""

from __future__ import annotations

from openrange.packs.webapp.doors.codes import Codes
from openrange.packs.webapp.doors.console import Console, Profile
from openrange.packs.webapp.doors.diagnose import Diagnose
from openrange.packs.webapp.doors.door import Door
from openrange.packs.webapp.doors.entry import Home, SignIn, SignOut
from openrange.packs.webapp.doors.files import Files
from openrange.packs.webapp.doors.health import Health
from openrange.packs.webapp.doors.imports import Import
from openrange.packs.webapp.doors.items import Check, Listing, Lookup
from openrange.packs.webapp.doors.label import Label
from openrange.packs.webapp.doors.people import Search
from openrange.packs.webapp.doors.preview import Preview
from openrange.packs.webapp.doors.records import Feed, Records
from openrange.packs.webapp.doors.shop import Shop

DOORS: dict[str, type[Door]] = {
    door.kind: door
    for door in (
        *(Home, Search, Lookup, Listing, Check, Records, Feed, Files, Preview, Console, Profile),
        *(Shop, Health, Diagnose, Import, Label, Codes, SignIn, SignOut),
    )
}
"""Every kind of door."""
