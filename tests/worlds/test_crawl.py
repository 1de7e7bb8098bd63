from __future__ import annotations

from collections.abc import Mapping

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from small_site import Reply, small_site

from openrange.worlds import crawl as crawl_module
from openrange.worlds.crawl import crawl
from openrange.worlds.visitor import VisitError, Visitor

ALWAYS = {"/", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt"}


def crawled(pages: Mapping[str, str | Reply]) -> list[str]:
    """The paths that a crawl asks for, in order, without those it always asks for."""
    with small_site(pages.get) as (origin, seen):
        crawl(Visitor(origin))
    assert len(seen) == len(set(seen))
    assert {f"GET {path}" for path in ALWAYS} <= set(seen)
    return [request.removeprefix("GET ") for request in seen if request[4:] not in ALWAYS]


@pytest.mark.parametrize(
    "element",
    [
        '<a href="/found">x</a>',
        "<A HREF=/found>x</A>",
        '<a href="found">x</a>',
        '<a href="./a/../found#part">x</a>',
        '<a href="&#47;found">x</a>',
        '<link rel="stylesheet" href="/found">',
        '<img src="/found">',
        '<script src="/found"></script>',
        '<iframe src="/found"></iframe>',
        '<video poster="/found"></video>',
        '<object data="/found"></object>',
        '<form action="/found" method="post"></form>',
        '<form><button formaction="/found">x</button></form>',
        '<meta http-equiv="refresh" content="0; url=/found">',
        '<meta http-equiv="refresh" content="0;URL=\'/found\'">',
        '<p <b <a href="/found">',
        '<meta content="3, /found" HTTP-EQUIV=Refresh>',
        '<base href="/deep/"><a href="../found">x</a>',
    ],
)
def test_a_crawl_follows(element: str) -> None:
    assert crawled({"/": f"<html><body>{element}</body></html>"}) == ["/found"]


def test_a_crawl_follows_what_robots_and_site_maps_name() -> None:
    site = {
        "/robots.txt": "User-agent: *\nDisallow: /quiet\nallow:/loud\nDisallow: /any*\nDisallow:",
        "/sitemap.xml": "<urlset><url><loc>/mapped</loc></url></urlset>",
    }
    assert crawled(site) == ["/quiet", "/loud", "/any", "/mapped"]


@pytest.mark.parametrize(
    "element",
    [
        '<a href="http://127.0.0.1:9/elsewhere">x</a>',
        '<a href="//elsewhere.example/">x</a>',
        '<a href="https://elsewhere.example/">x</a>',
        '<a href="mailto:a@b.example">x</a>',
        '<a href="javascript:alert(1)">x</a>',
        '<a href="http://[::1">x</a>',
        '<a href="">x</a>',
        "<a href>x</a>",
        '<a href="#part">x</a>',
        "<!-- <a href='/commented'>x</a> -->",
        "<p>Acme url=a/ and ; url=b/</p>",
        '<p title="; url=c/">x</p>',
        "<p>\nDisallow: /d\n</p>",
        "<p>&lt;loc&gt;/e&lt;/loc&gt;</p>",
        '<meta http-equiv="refresh" content="30">',
        '<meta name="description" content="0; url=/f">',
        "<script>'<a href=/g>'</script>",
    ],
)
def test_a_crawl_does_not_follow(element: str) -> None:
    assert crawled({"/": element}) == []


@pytest.mark.parametrize(
    ("link", "path"),
    [
        ("/a b", "/a%20b"),
        ("/caf\u00e9?q=\u4f60", "/caf%C3%A9?q=%E4%BD%A0"),
        ("/a%20b?x=1&amp;y=%2f", "/a%20b?x=1&y=%2f"),
        ("/\x01", "/%01"),
    ],
)
def test_a_crawl_asks_for_any_link_as_a_browser_would(link: str, path: str) -> None:
    assert crawled({"/": f'<a href="{link}">x</a>'}) == [path]


def test_a_crawl_goes_breadth_first_and_asks_for_nothing_twice() -> None:
    links = "<a href=/1>x</a><a href=/2>x</a><a href=/1#again>x</a>"
    assert crawled({"/": links, "/1": f"{links}<a href=/3>x</a>"}) == ["/1", "/2", "/3"]


def test_links_that_end_the_session_come_last() -> None:
    site = {"/": "<a href=/logout>x</a><a href=/signout.php>x</a><a href=/1>x</a>", "/1": ""}
    assert crawled(site) == ["/1", "/logout", "/signout.php"]


def test_pages_that_are_errors_are_read_and_followed_too() -> None:
    site: dict[str, str | Reply] = {
        "/": "<a href=/e>x</a>",
        "/e": (500, {}, b"<a href=/trace>x</a>"),
    }
    assert crawled(site) == ["/e", "/trace"]


def test_a_site_without_end_is_refused_rather_than_searched_in_part(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(crawl_module, "MAX_PAGES", 20)
    with small_site(lambda path: f"<a href=/{len(path)}{path[1:]}>next</a>") as (origin, seen):
        with pytest.raises(VisitError, match="links to more than 20 pages"):
            crawl(Visitor(origin))
    assert len(seen) <= 21


@example("<![x[ <a href=/q>")
@example("<base href='http://[::1'><a href=/>")
@example("<!DOCTYPE [<!ENTITY")
@given(st.text(alphabet="<>!-[]?/= '\"&;#ahref\x00x\u00e9\n"))
def test_no_page_breaks_the_search_for_links(body: str) -> None:
    crawl_module._links("http://127.0.0.1:1/", body)
