"""What solvers and honest users do with the orders: place, approve, receive."""

from __future__ import annotations

import re

from openrange.packs.webapp.doors.shop import COPY

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.world import Link


def goods(client: Client) -> tuple[str, str]:
    """What the page offers: the number of something cheap, and of the copy; empty for none."""
    page = client.get(client.door("shop")["path"]).body
    found = re.findall(r">(\d+)</(?:td|span|dd)>\s*(?:<dt>Name</dt>)?<[^>]*>([^<]+)</", page)
    first = found[0][0] if found else ""
    return first, next((number for number, name in found if name == COPY), "")


def order(client: Client, item: str, amount: str) -> str:
    """Place an order.

    Args:
        client: A client of the service.
        item: The number of what is ordered.
        amount: How many, as it is sent.

    Returns:
        The page.
    """
    door = client.door("shop")
    return client.send(door, {door["parameter"]: item, door["facts"]["amount"]: amount}).body


def enter(client: Client, code: str) -> int:
    """Enter a voucher, and read what is left then."""
    door = client.door("shop")
    return left(client.send(door, {door["facts"]["voucher"]: code}).body)


def approve(client: Client) -> str:
    """Ask for approval; the page."""
    door = client.door("shop")
    step = f"{door['path']}/{door['facts']['steps'][0]}"
    return client.send({**door, "path": step}, {"sure": "yes"}).body


def received(client: Client) -> str | None:
    """What the receipt gives away."""
    door = client.door("shop")
    return client.key(client.get(f"{door['path']}/{door['facts']['steps'][1]}"))


def bought(client: Client, item: str) -> str | None:
    """Order one of something, have it approved, and read the receipt."""
    order(client, item, "1")
    return received(client) if "Approved." in approve(client) else None


def left(page: str) -> int:
    """What a page says is left of the budget."""
    found = re.search(r"Budget left: (-?\d+)", page)
    return int(found[1]) if found else 0


def order_something(client: Client, link: Link) -> None:
    """Order something cheap, and read the receipt."""
    cheap, _ = goods(client)
    bought(client, cheap)
