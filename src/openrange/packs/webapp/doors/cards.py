"""Template: a greeting, in which a few words stand for others."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.world import Account

LONGEST_TEXT = 400


class Cards(Door):
    """Shows how a text will look that is sent to everybody."""

    name = "cards"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the text that was written."""
        if visit.rest:
            return None
        assert visit.reader is not None
        text = visit.request.query.get("text", "")[:LONGEST_TEXT]
        content = pages.cards(self.path, text, self.render(text, visit.reader))
        return self.page(visit, pages.label(self.path), content)

    def render(self, text: str, reader: Account) -> str:
        """The text, with a name in the place of a few words, and nothing else evaluated.

        Args:
            text: What the reader wrote.
            reader: Who writes.

        Returns:
            What the others would read.
        """
        words = {"[name]": reader["name"], "[company]": self.site.world["company"]}
        for word, meaning in words.items():
            text = text.replace(word, meaning)
        return text
