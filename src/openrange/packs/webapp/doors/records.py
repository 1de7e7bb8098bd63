"""Records: each for its owner alone; and what happened lately."""

from __future__ import annotations

import json

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import Html, html
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account, Record


JSON = "application/json"
SUFFIX = ".json"
FOR_PROGRAMS = {
    "accept": f"Programs accept {JSON}, at the address of each.",
    "suffix": f"Programs add {SUFFIX} to the address of each.",
    "post": "Programs send a POST to the address of each.",
}


class Records(Door):
    """Lists the reader's records, and shows one of them."""

    kind = "records"

    def answer(self, visit: Visit) -> Response | None:
        """The list, or one record."""
        reader = visit.reader
        assert reader is not None
        asked = self.asked(visit)
        if asked is None:
            return None if visit.rest else self.page(visit, *self.listed(reader))
        programs = self.plan["facts"]["programs"]
        if programs == "suffix" and asked.endswith(SUFFIX):
            record = self.read_for_programs(visit, reader, asked.removesuffix(SUFFIX))
            return self.as_json(record) if record else None
        if (programs == "accept" and visit.request.headers.get("accept") == JSON) or (
            programs == "post" and visit.request.method == "POST"
        ):
            record = self.read_for_programs(visit, reader, asked)
            return self.as_json(record) if record else None
        record = self.read(visit, reader, asked)
        return self.shown(visit, record) if record else None

    def asked(self, visit: Visit) -> str | None:
        """Which record is asked for, by its id."""
        facts = self.plan["facts"]
        if not facts["in_path"]:
            return None if visit.rest else visit.request.query.get(self.plan["parameter"])
        return visit.rest[-1] if len(visit.rest) == 1 + facts["nested"] else None

    def address(self, record: Record) -> str:
        """Where a record is."""
        facts = self.plan["facts"]
        if not facts["in_path"]:
            return f"{self.path}?{self.plan['parameter']}={record['id']}"
        return "/".join([self.path, *([record["owner"]] if facts["nested"] else []), record["id"]])

    def read(self, visit: Visit, reader: Account, asked: str) -> Record | None:
        """A record, if it belongs to the reader.

        Args:
            visit: The request.
            reader: Who asks.
            asked: The record's id.

        Returns:
            The record, or None.
        """
        record = self.find(asked)
        return record if record and record["owner"] == reader["login"] else None

    def read_for_programs(self, visit: Visit, reader: Account, asked: str) -> Record | None:
        """The same, asked for by a program."""
        return Records.read(self, visit, reader, asked)

    def as_json(self, record: Record) -> Response:
        """A record, for programs."""
        said = {
            "id": record["id"],
            "owner": record["owner"],
            "title": record["title"],
            "text": self.site.record_body(record),
        }
        return Response(json.dumps(said), content_type=JSON)

    def find(self, asked: str) -> Record | None:
        """The record of that id, whoever owns it."""
        return next((each for each in self.site.service["records"] if each["id"] == asked), None)

    def listed(self, reader: Account) -> list[Html]:
        """The reader's own records, and how programs get at them."""
        own = [each for each in self.site.service["records"] if each["owner"] == reader["login"]]
        rows = [
            (
                each["id"],
                html('<a href="{to}">{title}</a>', to=self.address(each), title=each["title"]),
            )
            for each in own
        ]
        hint = pages.message(FOR_PROGRAMS[self.plan["facts"]["programs"]])
        return [pages.rows(self.site.words, ("Number", "Title"), rows), hint]

    def shown(self, visit: Visit, record: Record) -> Response:
        """One record."""
        text = pages.article(
            record["title"],
            self.site.record_body(record),
            f"Number {record['id']}, filed by {record['owner']}",
        )
        return self.page(visit, text)


class Feed(Door):
    """Says what was filed lately, and by whom."""

    kind = "feed"

    def answer(self, visit: Visit) -> Response | None:
        """The list."""
        if visit.rest:
            return None
        return self.page(visit, *self.entries())

    def entries(self) -> list[Html]:
        """What happened."""
        rows = [(self.told(each), each["owner"]) for each in self.site.service["records"][-12:]]
        return [pages.rows(self.site.words, ("What", "Who"), rows)]

    def told(self, record: Record) -> str:
        """What is said of a record."""
        return "A confidential record was filed" if record["sealed"] else f"{record['title']} filed"
