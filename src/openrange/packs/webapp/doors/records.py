"""Records: each for its owner alone."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.database import Row
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account

MAX_NUMBER_DIGITS = 9


class Records(Door):
    """Lists the reader's records, and shows one of them."""

    name = "records"

    def answer(self, visit: Visit) -> Response | None:
        """The list, or one record."""
        assert visit.reader is not None
        title = pages.label(self.path)
        match visit.rest:
            case ():
                own = self.site.database.rows(
                    "SELECT id, title FROM records WHERE owner = :owner ORDER BY id",
                    {"owner": visit.reader["login"]},
                )
                return self.page(visit, title, pages.records(self.path, own))
            case (digits,) if _is_number(digits):
                rows = self.read(visit.reader, int(digits))
                if rows:
                    return self.page(visit, title, pages.record(self.path, int(digits), rows[0]))
        return None

    def read(self, reader: Account, number: int) -> list[Row]:
        """A record, if it belongs to the reader.

        Args:
            reader: Who asks.
            number: The record's number.

        Returns:
            One row of title, body and owner; or none.
        """
        return self.site.database.rows(
            "SELECT title, body, owner FROM records WHERE id = :id AND owner = :owner",
            {"id": number, "owner": reader["login"]},
        )


def _is_number(text: str) -> bool:
    return text.isascii() and text.isdigit() and len(text) <= MAX_NUMBER_DIGITS
