"""What the contexts of XML entities share: document types, what is loaded, and a look around."""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape

from openrange.packs.webapp.tree import inside
from openrange.packs.webapp.weaknesses.exploring import nearest
from openrange.packs.webapp.xml import MalformedError

TYPE_CHECKING = False
if TYPE_CHECKING:
    from openrange.packs.webapp.client import Client
    from openrange.packs.webapp.doors.door import Site
    from openrange.packs.webapp.world import Link

_TYPE = re.compile(r"<!DOCTYPE\s+[\w.:-]+\s*\[(.*?)\]\s*>", re.DOTALL)
_DECLARED = re.compile(
    r"<!ENTITY\s+(%\s+)?([\w.-]+)\s+(?:(SYSTEM|PUBLIC\s+\"[^\"]*\")\s+)?(?:\"([^\"]*)\"|'([^']*)')\s*>"
    r"|%([\w.-]+);"
)
_URL = re.compile(r"file:(?://)?(/.*)")
_MARKED = re.compile(r"zz(.*?)zz", re.DOTALL)
_TAG = re.compile(r"<[^<>]*>")
_NAME = re.compile(r"[\w.-]+")


class Declared:
    """An entity: a value, or the URL of one."""

    __slots__ = ("is_external", "is_parameter", "value")

    def __init__(self, *, is_parameter: bool, is_external: bool, value: str) -> None:
        self.is_parameter = is_parameter
        self.is_external = is_external
        self.value = value


def taken_apart(text: str) -> tuple[dict[str, Declared], list[str], str]:
    """The entities of a document's type, what its type refers to, and the rest of the document."""
    found = _TYPE.search(text)
    if found is None:
        return {}, [], text
    entities: dict[str, Declared] = {}
    referred: list[str] = []
    for percent, name, external, first, second, reference in _DECLARED.findall(found[1]):
        if reference:
            referred.append(reference)
        else:
            entities[name] = Declared(
                is_parameter=bool(percent), is_external=bool(external), value=first or second
            )
    return entities, referred, text[: found.start()] + text[found.end() :]


def loaded(site: Site, url: str) -> str:
    """A file in memory, by its URL; of a folder the names, as Java's loader does it.

    Raises:
        MalformedError: There is none.
    """
    found = _URL.fullmatch(url.strip())
    if found and found[1] in site.files:
        return site.files[found[1]]
    names = inside(site.files, found[1]) if found else []
    if not names:
        raise MalformedError(f"{url} cannot be loaded")
    return "\n".join(names)


def explored(client: Client, payload: Callable[[str], str]) -> str | None:
    """Load one folder after the other, and each file.

    Args:
        client: A client of the service.
        payload: A document that shows what is behind a URL, between two `zz`.

    Returns:
        What the service's weakness gives away, or None.
    """
    usual = {"Element", "Text", *_NAME.findall(payload(""))}

    def look(steps: tuple[str, ...]) -> tuple[str | None, list[str]]:
        page = client.send(client.door("import"), payload(f"file:///{'/'.join(steps)}"))
        shown = _MARKED.search(unescape(_TAG.sub(" ", page.body)))
        is_file = bool(steps) and "." in steps[-1]
        names = _NAME.findall(shown[1]) if shown and not is_file else []
        return client.key(page), [name for name in names if name not in usual]

    return nearest(look)


def import_an_item(client: Client, link: Link) -> None:
    """What an honest employee does."""
    door, item = client.door("import"), client.service["items"][0]
    client.get(door["path"])
    client.send(door, f"<entry><item>{item['name']}</item><amount>1</amount></entry>")
