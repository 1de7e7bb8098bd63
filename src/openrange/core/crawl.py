"""A plain crawl: everything that can be reached by following links, without any cleverness."""

from __future__ import annotations

from html.parser import HTMLParser
from urllib.parse import urldefrag, urljoin, urlsplit

from openrange.core.visitor import Visitor

MAX_PAGES = 300
_ALWAYS = ("/", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt")
_LINKS = frozenset({"action", "data", "formaction", "href", "poster", "src"})


def crawl(visitor: Visitor) -> None:
    """Visit every page that links lead to, breadth first; `visitor.pages` holds what was seen.

    Links that end the session, by the word `logout` or `signout` in them, are left for last.

    Args:
        visitor: A client of the world, signed in or not.

    Raises:
        VisitError: A page is linked, and asking for it gets no reply at all.
    """
    waiting = [urljoin(visitor.base_url, path) for path in _ALWAYS]
    seen = set(waiting)
    last: list[str] = []
    visited = 0
    while (waiting or last) and visited < MAX_PAGES:
        url = waiting.pop(0) if waiting else last.pop(0)
        visited += 1
        page = visitor.get(url)
        for link in _links(page.url, page.body):
            if urlsplit(link)[:2] != urlsplit(visitor.base_url)[:2] or link in seen:
                continue
            seen.add(link)
            ends_session = "logout" in link.lower() or "signout" in link.lower()
            (last if ends_session else waiting).append(link)


class _Links(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _LINKS and value]


def _links(base: str, body: str) -> list[str]:
    parser = _Links()
    parser.feed(body)
    links = []
    for raw in parser.found:
        try:
            links.append(urldefrag(urljoin(base, raw)).url)
        except ValueError:
            continue  # not a URL, and so nothing that a browser would follow
    return links
