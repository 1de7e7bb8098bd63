"""The doors of a portal: each answers one kind of request, in its sound form."""

from __future__ import annotations

from openrange.packs.webapp.doors.cards import Cards
from openrange.packs.webapp.doors.console import Console
from openrange.packs.webapp.doors.directory import Directory
from openrange.packs.webapp.doors.door import Door
from openrange.packs.webapp.doors.downloads import Downloads
from openrange.packs.webapp.doors.home import Home
from openrange.packs.webapp.doors.preview import Preview
from openrange.packs.webapp.doors.records import Records
from openrange.packs.webapp.doors.sign_in import SignIn, SignOut

DOORS: tuple[type[Door], ...] = (
    *(Home, Directory, Records, Downloads, Preview, Cards, Console, SignIn, SignOut),
)
"""Every door to which a path leads, in the order in which pages link to them."""
