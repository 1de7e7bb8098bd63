"""The exact requests that solved one world, sent to another one of the same class."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from openrange.packs.webapp.client import Client
from openrange.packs.webapp.world import World
from openrange.worlds.flag import find_flag
from openrange.worlds.visitor import Visitor, WorldReply

Sent = tuple[str, bytes | None, dict[str, str]]


class Recorder(Visitor):
    """A visitor that keeps what it sends."""

    def __init__(self, base_url: str) -> None:
        super().__init__(base_url)
        self.sent: list[Sent] = []

    def _open(self, url: str, data: bytes | None, headers: Mapping[str, str]) -> WorldReply:
        self.sent.append((url.removeprefix(self.base_url), data, dict(headers)))
        return super()._open(url, data, headers)


def replayed(sent: list[Sent], first: World, second: World, url: str) -> bool:
    """Whether requests that solved one world give the flag of another, at `url`.

    Routes and parameters become those of the doors of the same kind; whoever replays has signed in
    with the second world's account, so that cookies are swapped as well.
    """
    visitor = Recorder(url)
    if not Client(visitor, second, 0, second["agent"]["password"]).is_in:
        return False
    here = {door["kind"]: door for door in first["services"][0]["doors"]}
    there = {door["kind"]: door for door in second["services"][0]["doors"]}
    for path, data, headers in sent:
        parts = urlsplit(path)
        name, *rest = parts.path.strip("/").split("/")
        kind = next((k for k, door in here.items() if name == door["path"]), None)
        if kind == "sign_in":
            continue
        swapped: Any = there.get(kind) if kind else None
        route = "/".join(["", swapped["path"] if swapped else name, *rest])
        old: Any = here.get(kind) if kind else None
        query = {
            (swapped["parameter"] if swapped and k == old["parameter"] else k): v
            for k, v in parse_qsl(parts.query, keep_blank_values=True)
        }
        cookie = {k: v for k, v in headers.items() if k == "Cookie"}
        others = {k: v for k, v in headers.items() if k not in ("Cookie", "Host")}
        if cookie:  # a forged one, with this world's name of it
            word = second["services"][0]["words"]["cookie"]
            others["Cookie"] = f"{word}={cookie['Cookie'].partition('=')[2]}"
        if data is None:
            page = visitor.get(route, query, others)
        elif others.get("Content-Type") == "application/json":
            page = visitor._open(visitor.base_url + route, data, others)
        else:
            form = {
                (swapped["parameter"] if swapped and k == old["parameter"] else k): v
                for k, v in parse_qsl(data.decode(), keep_blank_values=True)
            }
            page = visitor.post(route, form, others)
        if find_flag(page.body):
            return True
    return False
