"""Import: an XML document, of which the elements are shown before they are taken over."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.xml import Element


class Import(Door):
    """Shows what a document says."""

    kind = "import"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the elements of what was sent."""
        from openrange.packs.webapp.xml import MalformedError

        if visit.rest:
            return None
        text = self.given(visit)
        form = self.form(self.example(), button="Import")
        if text is None:
            return self.page(visit, form)
        try:
            found = [(each.name, each.text.strip()) for each in self.parse(text)]
        except MalformedError as error:
            said = pages.message(f"This document cannot be read: {error}.")
            return self.page(visit, form, said)
        return self.page(visit, form, pages.rows(self.site.words, ("Element", "Text"), found))

    def example(self) -> str:
        """A document as it should be."""
        item = self.site.service["items"][0]
        return f"<entry><item>{item['name']}</item><amount>{item['amount']}</amount></entry>"

    def parse(self, text: str) -> list[Element]:
        """The elements of a document, which has no document type and no entities of its own.

        Args:
            text: The document.

        Returns:
            The elements, in their order.

        Raises:
            MalformedError: It is no such document.
        """
        from openrange.packs.webapp.xml import elements

        return elements(text)
