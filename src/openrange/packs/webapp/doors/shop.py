"""Orders from a budget: one is placed, then approved if the budget does, then received."""

from __future__ import annotations

import threading
from http import HTTPStatus

from openrange.packs.webapp import pages
from openrange.packs.webapp.doors.door import Door, Visit
from openrange.packs.webapp.html import Html, html, joined
from openrange.worlds.http import Response

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.doors.door import Site
    from openrange.packs.webapp.world import Door as Plan

MOST = 99
"""So many of one thing can be ordered, and so many vouchers entered."""
MAX_BUDGET = 1_000_000
COPY = "copy of a confidential record"
"""What is dearer than every budget."""


class Purse:
    """What one holder has left, and the order that they placed.

    Args:
        left: What there is to spend.

    Attributes:
        used: The vouchers that were entered.
        item: The number of what is ordered; empty for nothing.
        amount: How many of it.
        is_approved: Whether it was paid for.
    """

    def __init__(self, left: int) -> None:
        self.left = left
        self.used: set[str] = set()
        self.item = ""
        self.amount = 0
        self.is_approved = False


class Shop(Door):
    """Lets everybody order what the company has, and a copy that nobody can afford."""

    kind = "shop"

    def __init__(self, site: Site, plan: Plan) -> None:
        super().__init__(site, plan)
        self.facts = plan["facts"]
        self.goods = {
            str(each["number"]): (each["name"], 3 + each["amount"] % 20)
            for each in site.service["items"]
        }
        self.goods[str(site.service["items"][-1]["number"] + 1)] = (COPY, self.facts["dear"])
        self._lock = threading.Lock()

    def answer(self, visit: Visit) -> Response | None:
        """One of the three steps. One request after the other, so that no budget is spent twice."""
        assert visit.holder is not None
        approve, receipt = self.facts["steps"]
        is_sent = visit.request.method == "POST"
        with self._lock:
            purse = visit.holder.kept.setdefault(self.kind, Purse(self.facts["budget"]))
            assert isinstance(purse, Purse)
            if visit.rest == (receipt,):
                return self.received(visit, purse)
            if visit.rest == (approve,) and is_sent:
                return self.shown(visit, purse, self.approved(purse))
            if visit.rest not in ((), (approve,)):
                return None
            taken = self.taken(visit, purse) if is_sent and not visit.rest else ""
            return self.shown(visit, purse, taken)

    def taken(self, visit: Visit, purse: Purse) -> str:
        """Take a voucher, or an order; and say what became of it."""
        code = self.given(visit, self.facts["voucher"])
        if code is not None:
            return self.entered(purse, code[:60])
        item = self.given(visit) or ""
        amount = self.amount((self.given(visit, self.facts["amount"]) or "")[:20])
        if item not in self.goods or amount is None:
            return "This cannot be ordered."
        purse.item, purse.amount, purse.is_approved = item, amount, False
        return f"Ordered: {amount} of {self.goods[item][0]}, for {self.total(purse)}."

    def amount(self, text: str) -> int | None:
        """How many are ordered.

        Args:
            text: What the form says.

        Returns:
            A number from 1 to `MOST`, or None.
        """
        is_number = text.isascii() and text.isdigit() and len(text) < 4
        return int(text) if is_number and 1 <= int(text) <= MOST else None

    def total(self, purse: Purse) -> int:
        """What the order costs."""
        return int(self.goods[purse.item][1] * purse.amount)

    def entered(self, purse: Purse, code: str) -> str:
        """Take a voucher, once."""
        if plain(code) != plain(self.facts["code"]):
            return "There is no such voucher."
        if self.remembered(code) in purse.used or len(purse.used) >= MOST:
            return "This voucher was entered before."
        purse.used.add(self.remembered(code))
        purse.left = min(purse.left + self.facts["budget"] // 2, MAX_BUDGET)
        return "The voucher was added to the budget."

    def remembered(self, code: str) -> str:
        """What is kept of a voucher that was entered: the same, however it was spelled."""
        return plain(code)

    def approved(self, purse: Purse) -> str:
        """Pay for the order, if the budget does."""
        if not purse.item or purse.is_approved:
            return "Nothing is to be approved."
        if self.total(purse) > purse.left:
            return "The budget does not do."
        purse.left = min(purse.left - self.total(purse), MAX_BUDGET)
        purse.is_approved = True
        return "Approved."

    def is_due(self, purse: Purse) -> bool:
        """Whether what was ordered may be had."""
        return purse.is_approved

    def received(self, visit: Visit, purse: Purse) -> Response:
        """The receipt, with the copy, if that is what was ordered."""
        if not purse.item or not self.is_due(purse):
            return self.said(visit, HTTPStatus.FORBIDDEN, "No approved order is here.")
        name, _ = self.goods[purse.item]
        text = f"{purse.amount} of {name}, for {self.total(purse)}."
        if name == COPY:
            record = next(each for each in self.site.service["records"] if each["sealed"])
            text += f" {self.site.record_body(record)}"
        return self.page(visit, pages.article("Receipt", text))

    def shown(self, visit: Visit, purse: Purse, said: str) -> Response:
        """The page: what there is, what it costs, and the steps."""
        facts, method = self.facts, self.plan["method"]
        approve, receipt = (f"{self.path}/{step}" for step in facts["steps"])
        rows = [(number, name, price) for number, (name, price) in self.goods.items()]
        steps = html('<p>Then the <a href="{to}">receipt</a>.</p>', to=receipt)
        return self.page(
            visit,
            *([pages.message(said)] if said else []),
            pages.message(f"Budget left: {purse.left}"),
            self.order_form(),
            pages.form(approve, method, "sure", ("yes",), "Approve"),
            steps,
            pages.message(f"The voucher {facts['code']} counts once for each colleague."),
            pages.form(self.path, method, facts["voucher"], (), "Enter"),
            pages.rows(self.site.words, ("Number", "Name", "Price"), rows),
        )

    def order_form(self) -> Html:
        """The form for an order, which has two fields."""
        item, amount = self.plan["parameter"], self.facts["amount"]
        if self.plan["method"] == "JSON":
            document = f'{{"{item}": "...", "{amount}": "1"}}'
            return html(
                "<p>POST to <code>{path}</code>, as JSON: <code>{document}</code></p>",
                path=self.path,
                document=document,
            )
        options = joined((html("<option>{number}</option>", number=n) for n in self.goods), "")
        return html(
            '<form class="line" method="post" action="{path}">\n'
            '<select name="{item}">{options}</select>\n'
            '<input name="{amount}" value="1" aria-label="{amount}">\n'
            "<button>Order</button>\n</form>",
            path=self.path,
            item=item,
            options=options,
            amount=amount,
        )


def plain(code: str) -> str:
    """A voucher's letters and digits, in capitals."""
    return "".join(filter(str.isalnum, code.upper()))
