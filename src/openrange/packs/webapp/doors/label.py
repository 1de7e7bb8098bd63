"""Labels: a line of text, as the label printer would print it."""

from __future__ import annotations

from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import html
from openrange.worlds.http import Response

LONGEST_LABEL = 300
"""So many characters are printed."""


class Label(Door):
    """Shows a label before it is printed."""

    kind = "label"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and the label."""
        if visit.rest:
            return None
        text = self.given(visit)
        form = self.form(text or "", button="Preview")
        if text is None:
            return self.page(visit, form)
        label = self.render(text[:LONGEST_LABEL])[:LONGEST_LABEL]
        return self.page(visit, form, html("<pre>{label}</pre>", label=label))

    def render(self, text: str) -> str:
        """What is printed: the text as it is.

        Args:
            text: What was typed.

        Returns:
            The lines of the label.
        """
        return f"{text}\n{self.site.world['company']}"
