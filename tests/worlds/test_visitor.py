from __future__ import annotations

import pytest
from small_site import Reply, small_site

from openrange.worlds.visitor import VisitError, Visitor

SITE: dict[str, str | Reply] = {
    "/": "home",
    "/moved": (302, {"Location": "/", "X-Says": "see home", "Set-Cookie": "a=1"}, b"moved"),
    "/away": (302, {"Location": "http://127.0.0.1:9/"}, b"away"),
    "/file": (302, {"Location": "file:///etc/passwd"}, b"file"),
    "/again": (302, {"Location": "/again"}, b""),
    "/missing": (404, {}, b"none"),
    "/broken": (200, {}, b"\xff\xfe"),
    "/large": (200, {}, b"x" * 2_000_001),
    "/largest": (200, {}, b"x" * 2_000_000),
    "/q?a=1&b=2+3": "asked",
}


def test_every_reply_on_the_way_is_remembered_with_its_headers() -> None:
    with small_site(SITE.get) as (origin, _):
        visitor = Visitor(origin + "/")
        page = visitor.get("/moved")
        visitor.get("/missing")
        said = [(each.url, each.status, each.body) for each in visitor.replies]
        assert said == [
            (f"{origin}/moved", 302, "moved"),
            (f"{origin}/", 200, "home"),
            (f"{origin}/missing", 404, "none"),
        ]
        assert page is visitor.replies[1]
        assert "X-Says: see home" in visitor.replies[0].headers
        assert [(cookie.name, cookie.value) for cookie in visitor.cookies] == [("a", "1")]


@pytest.mark.parametrize("path", ["/away", "/file"])
def test_a_redirect_that_leaves_the_world_is_the_reply(path: str) -> None:
    with small_site(SITE.get) as (origin, _):
        page = Visitor(origin).get(path)
        assert (page.status, page.body) == (302, path[1:])


def test_redirects_in_a_circle_end() -> None:
    with small_site(SITE.get) as (origin, seen):
        assert Visitor(origin).get("/again").status == 302
        assert len(seen) < 30


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "//example.org/", "file:///etc/passwd"])
def test_another_origin_is_not_visited(url: str) -> None:
    visitor = Visitor("http://127.0.0.1:1")
    with pytest.raises(VisitError, match="is not in this world"):
        visitor.get(url)
    assert visitor.replies == []


def test_parameters_and_forms_are_encoded() -> None:
    with small_site(SITE.get) as (origin, seen):
        visitor = Visitor(origin)
        assert visitor.get("/q", {"a": "1", "b": "2 3"}).body == "asked"
        visitor.get("/q?a=1", {"b": "2 3"})
        visitor.post("/missing", {"name": "x"})
        assert seen == ["GET /q?a=1&b=2+3", "GET /q?a=1&b=2+3", "POST /missing"]


def test_a_page_that_cannot_be_searched_whole_is_no_page() -> None:
    with small_site(SITE.get) as (origin, _):
        visitor = Visitor(origin)
        assert len(visitor.get("/largest").body) == 2_000_000
        with pytest.raises(VisitError, match="/large is larger than 2,000,000 bytes"):
            visitor.get("/large")


def test_bytes_that_are_no_text_are_replaced() -> None:
    with small_site(SITE.get) as (origin, _):
        assert Visitor(origin).get("/broken").body == "\ufffd\ufffd"


def test_no_reply_is_an_error_in_one_sentence() -> None:
    with small_site(SITE.get) as (origin, _):
        pass
    with pytest.raises(VisitError, match=r"^no reply from /x \(URLError: .*refused.*\)$"):
        Visitor(origin).get("/x")


def test_proxies_of_the_environment_are_not_for_worlds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", "http://127.0.0.1:9")
    with small_site(SITE.get) as (origin, _):
        assert Visitor(origin).get("/").body == "home"
