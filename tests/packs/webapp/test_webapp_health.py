"""What tells too much: reports that nobody offers, and errors with all their variables."""

from __future__ import annotations

import json

import pytest
from webapp_worlds import made, running, with_doors

from openrange.packs.webapp.weaknesses.information_disclosure import debug, sessions, verbose
from openrange.packs.webapp.weaknesses.information_disclosure._reports import ask


def test_a_sound_health_page_has_the_two_reports_that_it_offers() -> None:
    with running(with_doors("path_traversal/plain", "health")) as portal:
        client = portal.client()
        path = client.door("health")["path"]
        assert json.loads(ask(client, "live").body)["status"] == "UP"
        assert "release" in json.loads(ask(client, "info").body)
        assert all(f"{name}</a>" in client.get(path).body for name in ("live", "info"))
        for name in (*debug.PAGES, *sessions.PAGES, "", "live/x", "../live", "x" * 2_000, "%00"):
            page = ask(client, name, mask="off")
            assert page.status == 404 or "live</a>" in page.body
        assert client.get(f"{path}/live/live").status == 404


@pytest.mark.parametrize("filter_", debug.FILTERS)
def test_the_settings_are_shown_at_once_or_once_one_asks_for_them(filter_: str) -> None:
    world = made("information_disclosure/debug")
    world["chain"][0]["facts"] = {"page": "env", "filter": filter_}
    with running(world) as portal:
        client = portal.client()
        assert (client.key(ask(client, "env")) is None) == (filter_ == "masked")
        assert client.key(ask(client, "env", mask="off")) == portal.flag
        assert ask(client, "dump").status == 404


def test_the_cookie_in_the_report_is_an_administrators_and_stays_the_same() -> None:
    world = made("information_disclosure/sessions")
    world["chain"][0]["facts"] = {"page": "trace", "format": "header"}
    with running(world) as portal:
        client = portal.client()
        console = client.door("console")["path"]
        assert client.get(console).status == 403
        told = json.loads(ask(client, "trace").body)["requests"][0]
        assert told["path"] == f"/{console}"
        assert json.loads(ask(client, "trace").body)["requests"][0] == told
        assert client.key(client.get(console, Cookie=told["cookie"])) == portal.flag


@pytest.mark.parametrize("name", sorted(verbose.STUMBLES))
def test_a_trace_follows_one_sort_of_number_alone(name: str) -> None:
    world = made("information_disclosure/verbose")
    world["chain"][0]["facts"] = {"format": name}
    with running(world) as portal:
        for other, (_, text) in verbose.STUMBLES.items():
            page = portal.send("lookup", text)
            assert (portal.flag in page.body, page.status) == (
                (True, 500) if other == name else (False, 200)
            )
        for text in ("zz", "-1", "1", "", "'", "1" * 9):
            assert portal.flag not in portal.send("lookup", text).body
