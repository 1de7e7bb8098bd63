"""A plain crawl: everything that can be reached by following links, without any cleverness."""

from __future__ import annotations

import re
from html.parser import HTMLParser
from urllib.parse import quote, urldefrag, urljoin, urlsplit

from openrange.worlds.visitor import VisitError, Visitor

MAX_PAGES = 500
_ALWAYS = ("/", "/robots.txt", "/sitemap.xml", "/favicon.ico", "/.well-known/security.txt")
_IN_TEXT = re.compile(
    r"""^(?:dis)?allow:[ \t]*(?P<robots>/[^\s*$]*)   # robots.txt
    | <loc>\s*(?P<sitemap>[^<\s]+)                  # sitemap.xml
    | [;\s]url=['"]?(?P<refresh>[^'">\s]+)          # <meta http-equiv="refresh">""",
    re.IGNORECASE | re.MULTILINE | re.VERBOSE,
)
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
    def __init__(self) -> None:
        super().__init__()
        self.found: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.found += [value for name, value in attrs if name in _LINKS and value]


def _links(base: str, body: str) -> list[str]:
    parser = _Links()
    # A marked section is a bogus comment to a browser, and to this parser a reason to give up.
    parser.feed(body.replace("<![", "<! ["))
    links = []
    in_text = (match[match.lastgroup or 0] for match in _IN_TEXT.finditer(body))
    for raw in (*parser.found, *in_text):
        try:
            links.append(quote(urldefrag(urljoin(base, raw.strip())).url, safe=_KEPT))
        except ValueError:
            continue  # not a URL, and so nothing that a browser would follow
    return links
