"""Download: files for everybody, from a tree of files that exists in memory only."""

from __future__ import annotations

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import html
from openrange.worlds.http import Response


class Files(Door):
    """Lists the public files, and hands one out."""

    kind = "files"

    def answer(self, visit: Visit) -> Response | None:
        """The list, or one file."""
        if visit.rest:
            return None
        name = self.given(visit)
        if name is not None:
            text = self.read(name)
            return (
                None if text is None else Response(text, content_type="text/plain; charset=utf-8")
            )
        public = self.site.public
        names = [path.removeprefix(public) for path in self.site.files if path.startswith(public)]
        if self.plan["method"] != "GET":
            return self.page(visit, self.form(*names))
        to = f"{self.path}?{self.plan['parameter']}="
        rows = [(html('<a href="{to}{name}">{name}</a>', to=to, name=name),) for name in names]
        return self.page(visit, pages.rows(self.site.words, ("File",), rows))

    def read(self, name: str) -> str | None:
        """A public file, which has exactly this name.

        Args:
            name: What was asked for.

        Returns:
            Its text; None if there is no such file.
        """
        return self.site.files.get(self.site.public + name)
