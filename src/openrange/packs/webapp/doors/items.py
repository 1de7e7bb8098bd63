"""What the company handles: looked up by number, listed in an order, and checked by name."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.database import Row
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

HEADINGS = ("Number", "Name", "State", "Amount")


class _Items(Door):
    def select(self) -> str:
        """The beginning of each statement."""
        called = self.site.words["columns"]
        columns = ", ".join(called[name] for name in ("number", "item", "state", "amount"))
        return f"SELECT {columns} FROM {self.site.words['tables']['items']}"  # noqa: S608

    def column(self, name: str) -> str:
        """What a column is called here."""
        called: str = self.site.words["columns"][name]
        return called


class Lookup(_Items):
    """Shows one item, by its number."""

    kind = "lookup"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the item."""
        if visit.rest:
            return None
        number = self.given(visit)
        if number is None:
            return self.page(visit, self.form(button="Look up"))
        found = pages.rows(self.site.words, HEADINGS, self.find(number))
        return self.page(visit, self.form(number, button="Look up"), found)

    def find(self, number: str) -> list[Row]:
        """The item of that number."""
        statement = f"{self.select()} WHERE {self.column('number')} = :number"
        is_number = number.isascii() and number.isdigit() and len(number) < 10
        return self.site.database.rows(statement, {"number": int(number) if is_number else -1})


class Listing(_Items):
    """Lists all items in an order that the reader chooses."""

    kind = "listing"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the list."""
        if visit.rest:
            return None
        order = self.given(visit) or self.column("item")
        form = self.form(order, self.column("amount"), self.column("state"), button="Sort")
        return self.page(visit, form, pages.rows(self.site.words, HEADINGS, self.sorted(order)))

    def sorted(self, order: str) -> list[Row]:
        """All items, by one of the known columns."""
        known = {self.column(name) for name in ("number", "item", "state", "amount")}
        by = order if order in known else self.column("item")
        return self.site.database.rows(f"{self.select()} ORDER BY {by}")


class Check(_Items):
    """Says whether there is an item of some name, and nothing else."""

    kind = "check"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and yes or no."""
        if visit.rest:
            return None
        name = self.given(visit)
        if name is None:
            return self.page(visit, self.form(button="Check"))
        text = "Yes, that is known here." if self.knows(name) else "No, that is not known here."
        return self.page(visit, self.form(name, button="Check"), pages.message(text))

    def knows(self, name: str) -> bool:
        """Whether there is an item of that name."""
        statement = f"{self.select()} WHERE {self.column('item')} = :name"
        return bool(self.site.database.rows(statement, {"name": name[:60]}))
