"""A plain crawl: everything that can be reached by following links, without any cleverness."""

from __future__ import annotations

import re
from contextlib import suppress
from html.parser import HTMLParser
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from openrange.worlds.visitor import VisitError, Visitor

MAX_PAGES = 500
_ALWAYS = ("/", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt")
_RULE = re.compile(r"^(?:dis)?allow:[ \t]*(/[^\s*$]*)", re.IGNORECASE | re.MULTILINE)
_REFRESH = re.compile(r"""[\s\d.]*[;,\s]\s*(?:url\s*=\s*)?(['"]?)(.*?)(?:\1\s*)$""", re.I | re.S)
_KEPT = "!#$%&'()*+,/:;=?@[]~"  # what stands in a URL as it is; a browser encodes the rest
_LINKS = frozenset({"action", "data", "formaction", "href", "poster", "src"})


def crawl(visitor: Visitor) -> None:
    """Visit every page that links lead to, breadth first; `visitor.replies` holds what was seen.

    Paths in `robots.txt` and `sitemap.xml` are links too, and so are the targets of forms.
    Links that end the session, by the word `logout` or `signout` in them, are left for last.

    Args:
        visitor: A client of the world, signed in or not.

    Raises:
        VisitError: A page is linked, and asking for it gets no reply at all; or there are more
            than `MAX_PAGES`, so that it is not known what the others hold.
    """
    waiting = [urljoin(visitor.base_url, path) for path in _ALWAYS]
    seen = set(waiting)
    last: list[str] = []
    while waiting or last:
        if len(seen) > MAX_PAGES:
            raise VisitError(f"there are links to more than {MAX_PAGES} pages")
        url = waiting.pop(0) if waiting else last.pop(0)
        page = visitor.get(url)
        for link in _links(page.url, page.body):
            if urlsplit(link)[:2] != urlsplit(visitor.base_url)[:2] or link in seen:
                continue
            seen.add(link)
            ends_session = "logout" in link.lower() or "signout" in link.lower()
            (last if ends_session else waiting).append(link)


class _Links(HTMLParser):
    """What a browser would follow from a page, and what a site map names."""

    def __init__(self, base: str) -> None:
        super().__init__()
        self.base = base
        self.found: list[str] = []
        self._is_location = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value for name, value in reversed(attrs) if value}
        self._is_location = tag == "loc"
        if tag == "meta" and given.get("http-equiv", "").lower() == "refresh":
            refresh = _REFRESH.match(given.get("content", ""))
            self.found += [refresh[2]] if refresh else []
        elif tag == "base" and "href" in given:
            with suppress(ValueError):  # not a URL
                self.base = urljoin(self.base, given["href"])
        else:
            self.found += [value for name, value in given.items() if name in _LINKS]

    def handle_data(self, data: str) -> None:
        self.found += [data] if self._is_location else []
        self._is_location = False


def _links(url: str, body: str) -> list[str]:
    parser = _Links(url)
    # A marked section is a bogus comment to a browser, and to this parser a reason to give up.
    parser.feed(body.replace("<![", "<! ["))
    parser.close()
    if urlsplit(url).path == "/robots.txt":
        parser.found += _RULE.findall(body)
    links = []
    for raw in parser.found:
        try:
            links.append(quote(urldefrag(urljoin(parser.base, raw.strip())).url, safe=_KEPT))
        except ValueError:
            continue  # not a URL, and so nothing that a browser would follow
    return links
