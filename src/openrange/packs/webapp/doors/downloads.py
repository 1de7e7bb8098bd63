"""Download: files for everybody, from a tree of files that exists in memory only."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.worlds.http import Response

PUBLIC = "public/"


class Downloads(Door):
    """Lists the public files, and hands one out."""

    name = "downloads"

    def answer(self, visit: Visit) -> Response | None:
        """The list, or one file."""
        if visit.rest:
            return None
        name = visit.request.query.get("file")
        if name is not None:
            text = self.read(name)
            plain = "text/plain; charset=utf-8"
            return None if text is None else Response(text, content_type=plain)
        names = [path.removeprefix(PUBLIC) for path in self.site.files if path.startswith(PUBLIC)]
        return self.page(visit, pages.label(self.path), pages.downloads(self.path, names))

    def read(self, name: str) -> str | None:
        """A public file, which has exactly this name.

        Args:
            name: What was asked for.

        Returns:
            Its text; None if there is no such file.
        """
        return self.site.files.get(PUBLIC + name)
