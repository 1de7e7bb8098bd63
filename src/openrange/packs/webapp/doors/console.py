"""The console, for administrators; and what everybody may say of themselves."""

from __future__ import annotations

from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import Html
from openrange.worlds.http import Response


class Console(Door):
    """Shows who has an account, and what is guarded."""

    kind = "console"

    def answer(self, visit: Visit) -> Response | None:
        """The console, to an administrator."""
        if visit.rest:
            return None
        if not self.is_allowed(visit):
            return self.denied(visit)
        accounts = [
            (each["login"], each["name"], self.site.role(each))
            for each in self.site.service["accounts"]
        ]
        secret = pages.message(self.site.secret(self.site.hiding.console))
        return self.page(
            visit, secret, pages.rows(self.site.words, ("Account", "Name", "Role"), accounts)
        )

    def denied(self, visit: Visit) -> Response:
        """What everybody else sees: with a form that says who tries again, and is not believed."""
        role = visit.holder.role if visit.holder else ""
        again = pages.hidden(self.path, self.plan["parameter"], role)
        parts = (pages.message(self.site.phrase("denied")), again, self.remark())
        return self.page(visit, *parts, status=HTTPStatus.FORBIDDEN)

    def remark(self) -> Html:
        """What is said in a comment."""
        return pages.comment("checked")

    def is_allowed(self, visit: Visit) -> bool:
        """Whether the visitor is an administrator, by what the session says."""
        roles = self.site.words["roles"]
        return visit.holder is not None and visit.holder.role == roles["administrator"]


class Profile(Door):
    """Lets everybody write a line about themselves, which lasts as long as the session."""

    kind = "profile"

    def answer(self, visit: Visit) -> Response | None:
        """The form, and what is on file."""
        assert visit.holder is not None
        assert visit.reader is not None
        if visit.rest:
            return None
        if visit.request.method == "POST":
            self.save(visit)
        holder, reader = visit.holder, visit.reader
        line = str(holder.kept.get(self.kind, ""))
        rows = [
            ("account", reader["login"]),
            ("name", reader["name"]),
            (self.site.words["columns"]["title"], reader["title"]),
            (self.role_field(), holder.role),
            (self.plan["parameter"], line),
        ]
        form = self.form(line, button="Save")
        return self.page(visit, form, pages.rows(self.site.words, ("Field", "Value"), rows))

    def role_field(self) -> str:
        """What the role is called here."""
        field: str = self.plan["facts"].get("role", "role")
        return field

    def save(self, visit: Visit) -> None:
        """Keep the line, and nothing else of what was sent."""
        assert visit.holder is not None
        line = self.given(visit)
        if line is not None:
            visit.holder.kept[self.kind] = line[:200]
