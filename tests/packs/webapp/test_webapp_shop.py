"""Orders from a budget, sound and weak, over HTTP."""

from __future__ import annotations

import pytest
from webapp_worlds import made, running, with_doors

from openrange.packs.webapp.weaknesses.business_logic import _orders
from openrange.packs.webapp.weaknesses.business_logic.voucher import spellings


def test_a_sound_shop_keeps_to_the_budget_however_it_is_asked() -> None:
    with running(with_doors("path_traversal/plain", "shop")) as portal:
        client = portal.client()
        cheap, dear = _orders.goods(client)
        budget, code = (client.door("shop")["facts"][name] for name in ("budget", "code"))
        assert _orders.received(client) is None
        for amount in ("-1", " -1", "0", "100", "1e9", "1.5", "\u00b2", "9" * 900, "", "1_0"):
            assert "cannot be ordered" in _orders.order(client, cheap, amount)
        for item in ("", "0", "9" * 900, "\u0000"):
            assert "cannot be ordered" in _orders.order(client, item, "1")
        assert _orders.enter(client, code) == budget + budget // 2
        for name in ("case", "marks"):
            for other in [*spellings(name, code), "x", code * 300]:
                assert _orders.enter(client, other) == budget + budget // 2
        _orders.order(client, dear, "1")
        assert "does not do" in _orders.approve(client)
        assert _orders.received(client) is None


def test_what_was_approved_is_paid_for_once_and_is_not_the_next_order() -> None:
    with running(with_doors("path_traversal/plain", "shop")) as portal:
        client = portal.client()
        cheap, dear = _orders.goods(client)
        before = _orders.left(_orders.order(client, cheap, "2"))
        paid = _orders.left(_orders.approve(client))
        assert 0 < paid < before
        assert "Nothing is to be approved" in _orders.approve(client)
        door = client.door("shop")
        path = f"{door['path']}/{door['facts']['steps'][1]}"
        assert "2 of" in client.get(path).body
        _orders.order(client, dear, "1")
        assert client.get(path).status == 403
        assert client.get(f"{path}/x").status == client.get(f"{door['path']}/x").status == 404
        assert _orders.left(portal.client().get(door["path"]).body) == before


@pytest.mark.parametrize("filter_", ["minus", "none"])
def test_an_order_of_less_than_nothing_is_paid_out(filter_: str) -> None:
    world = made("business_logic/negative")
    world["chain"][0]["facts"] = {"filter": filter_}
    with running(world) as portal:
        client = portal.client()
        cheap, _ = _orders.goods(client)
        before = _orders.left(_orders.order(client, cheap, "-3"))
        assert (_orders.left(_orders.approve(client)) > before) == (filter_ == "none")
        _orders.order(client, cheap, " -3")
        assert _orders.left(_orders.approve(client)) > before
        assert "cannot be ordered" in _orders.order(client, cheap, "-9999")


@pytest.mark.parametrize("filter_", ["case", "marks"])
def test_a_voucher_counts_again_in_the_other_spelling_alone(filter_: str) -> None:
    world = made("business_logic/voucher")
    world["chain"][0]["facts"] = {"filter": filter_}
    with running(world) as portal:
        client = portal.client()
        code = client.door("shop")["facts"]["code"]
        once = _orders.enter(client, code)
        assert _orders.enter(client, code) == once
        assert (_orders.enter(client, code.lower()) > once) == (filter_ == "case")
        last = _orders.enter(client, code)
        assert (_orders.enter(client, code.replace("-", "--")) > last) == (filter_ == "marks")


def test_a_receipt_is_had_without_the_approval_but_not_without_an_order() -> None:
    with running(made("business_logic/steps")) as portal:
        client = portal.client()
        assert _orders.received(client) is None
        _, dear = _orders.goods(client)
        _orders.order(client, dear, "1")
        assert "does not do" in _orders.approve(client)
        assert _orders.received(client) == portal.flag
